"""Commands to run one KPI, and what a worker tells of its attempts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kpi_contracts.envelope import Actor
from kpi_contracts.execution import ExecutionParameters, Manifest, Plan
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor.attempt_handlers import Exchanged
from kpi_executor.commands import AttemptEnd, ExchangeAttempts, RunKpi
from kpi_executor.executions import executions
from kpi_executor.outcomes import Outcome, Success
from kpi_executor.worker.upkeep import EXECUTOR

KPI_ID = 7
GRAPH = "shop"
EMPTY: dict[str, Any] = {"tables": [], "joins": []}
DONE = Success(
    sql="SELECT 1", plan=Plan(), manifest=Manifest((), rows=0, bytes=0, columns=()), elapsed_ms=1.0
)


def run_of(command_id: UUID, kpi_id: int = KPI_ID) -> RunKpi:
    return RunKpi(
        kpi_id=kpi_id,
        parameters=ExecutionParameters(kg_name=GRAPH),
        origin="bus",
        command_id=command_id,
    )


def by(name: str) -> Context:
    return Context.by(Actor(name, "system"))


def exchange(
    dispatch: Dispatcher, *ended: AttemptEnd, limit: int = 10, worker: str = "w"
) -> Exchanged:
    """Hand in ends and take what is due."""
    exchanged: Exchanged = dispatch(
        ExchangeAttempts(worker=worker, ended=ended, limit=limit), Context.by(EXECUTOR)
    )
    return exchanged


def end(execution_id: int, attempt: int = 1, outcome: Outcome = DONE) -> AttemptEnd:
    return AttemptEnd(execution_id=execution_id, attempt=attempt, outcome=outcome)


def column(engine: sa.Engine, name: str) -> list[Any]:
    """Return one column of the read table, in the order of the executions."""
    with engine.connect() as connection:
        query = sa.select(executions.c[name]).order_by(executions.c.id)
        return list(connection.scalars(query))
