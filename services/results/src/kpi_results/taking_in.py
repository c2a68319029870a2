"""Taking in other services' events: the index, and a result for every success."""

from __future__ import annotations

import sqlalchemy as sa

from kpi_contracts.envelope import Actor, Envelope
from kpi_contracts.execution import ExecutionSucceeded
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.unit_of_work import Work
from kpi_results import index, shelf
from kpi_results.result import Result

SERVICE = Actor("results", "service")


def take_in(connection: sa.Connection, envelope: Envelope) -> None:
    """Project an event; a success also begins a result, in the same transaction."""
    index.project(connection, envelope)
    if isinstance(envelope.data, ExecutionSucceeded):
        _store_result(connection, envelope, envelope.data)


def _store_result(
    connection: sa.Connection, envelope: Envelope, succeeded: ExecutionSucceeded
) -> None:
    execution_id = int(envelope.aggregate_id)
    of_execution = index.executions.c.id == execution_id
    kpi_id = connection.execute(
        sa.select(index.executions.c.kpi_id).where(of_execution)
    ).scalar_one()
    work = Work(connection, [shelf.project])
    result = work.load(Result, execution_id)
    events = result.store(kpi_id, succeeded.manifest)
    work.append(result, events, Context.following(envelope, SERVICE))
