"""Taking in other services' events: the index, and a result for every success."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from kpi_contracts.envelope import Actor, Envelope, from_record
from kpi_contracts.execution import ExecutionSucceeded
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.inbox import Delivered
from kpi_eventsourcing.unit_of_work import Change, Work, each
from kpi_results import index, shelf
from kpi_results.result import Result

SERVICE = Actor("results", "service")


def take_in(connection: sa.Connection, events: Sequence[Delivered]) -> None:
    """Project new events of other services."""
    project(connection, [from_record(event.record) for event in events])


def project(connection: sa.Connection, envelopes: Sequence[Envelope]) -> None:
    """Bring the index up to some events; a success also begins a result, in its transaction."""
    index.project_many(connection, envelopes)
    successes = {
        int(envelope.aggregate_id): (envelope, envelope.data)
        for envelope in envelopes
        if isinstance(envelope.data, ExecutionSucceeded)
    }
    if successes:
        _begin_results(connection, successes)


def _begin_results(
    connection: sa.Connection, successes: Mapping[int, tuple[Envelope, ExecutionSucceeded]]
) -> None:
    ids = list(successes)
    kpi_ids = index.kpis_of(connection, ids)
    work = Work(connection, [each(shelf.project)])
    changes = []
    for result in work.load_all(Result, ids):
        envelope, succeeded = successes[int(result.id)]
        decision = result.store(kpi_ids[int(result.id)], succeeded.manifest)
        changes.append(Change(result, decision, Context.following(envelope, SERVICE)))
    work.append_all(changes)
