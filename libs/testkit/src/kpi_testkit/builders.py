"""Events for tests: plausible by default, every field open to change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from kpi_contracts.catalogue import DomainEvent, event_type
from kpi_contracts.definition import DefinitionCreated
from kpi_contracts.envelope import Actor, Envelope, Record, to_record
from kpi_contracts.execution import (
    ColumnType,
    ExecutionParameters,
    ExecutionQueued,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionSucceeded,
    Manifest,
    Part,
    Plan,
)
from kpi_contracts.ids import uuid7

EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
JANE = Actor("jane", "user")

E = TypeVar("E", bound=DomainEvent)


def envelope(
    data: DomainEvent,
    aggregate_id: int | str = 1,
    version: int = 1,
    *,
    actor: Actor = JANE,
    time: datetime | None = None,
    correlation_id: UUID | None = None,
) -> Envelope:
    """Wrap an event; by default, version n of an aggregate happened n seconds after EPOCH."""
    return Envelope(
        id=uuid7(),
        aggregate=event_type(type(data)).aggregate,
        aggregate_id=str(aggregate_id),
        version=version,
        time=time or EPOCH + timedelta(seconds=version),
        actor=actor,
        correlation_id=correlation_id or uuid7(),
        data=data,
    )


def record(data: DomainEvent, aggregate_id: int | str = 1, version: int = 1) -> Record:
    """Wrap an event in its stored form."""
    return to_record(envelope(data, aggregate_id, version))


def history(*events: DomainEvent, aggregate_id: int | str = 1) -> list[Envelope]:
    """Wrap the events of one aggregate as its versions 1, 2, 3 …, correlated."""
    correlation = uuid7()
    return [
        envelope(data, aggregate_id, version, correlation_id=correlation)
        for version, data in enumerate(events, start=1)
    ]


def definition_created(**changes: object) -> DefinitionCreated:
    """Define the first sample KPI of the requirements."""
    return _changed(
        DefinitionCreated(
            name="Product Mismatch - RBP vs OPS",
            alias_name="PMR_RBP_OPS",
            group_name="Data Quality",
            description="Products in RBP GPU not in OPS Excel",
            nl_definition="Show me all products in RBP GPU which are not in OPS Excel",
        ),
        changes,
    )


def execution_requested(**changes: object) -> ExecutionRequested:
    """Ask for a run of KPI 1 in version 1 on the graph `demo`."""
    return _changed(
        ExecutionRequested(
            kpi_id=1,
            kpi_version=1,
            kpi_name="Product Mismatch - RBP vs OPS",
            nl_definition="Show me all products in RBP GPU which are not in OPS Excel",
            sql=None,
            parameters=ExecutionParameters(kg_name="demo"),
            database_type="duckdb",
            origin="api",
        ),
        changes,
    )


def execution_queued(**changes: object) -> ExecutionQueued:
    """Queue attempt 1, due at once."""
    return _changed(ExecutionQueued(attempt=1, not_before=EPOCH), changes)


def execution_started(**changes: object) -> ExecutionStarted:
    """Let a worker take attempt 1."""
    return _changed(ExecutionStarted(attempt=1, worker="worker-1"), changes)


def execution_succeeded(**changes: object) -> ExecutionSucceeded:
    """End attempt 1 with one part of two rows."""
    part = Part(key="executions/1/attempt-1/part-00000.parquet", rows=2, bytes=512, sha256="0" * 64)
    return _changed(
        ExecutionSucceeded(
            attempt=1,
            sql="SELECT PLANNING_SKU FROM brz_lnd_RBP_GPU",
            plan=Plan(sql_query_type="COMPARISON_QUERY", operation="NOT_IN"),
            manifest=Manifest(
                parts=(part,), rows=2, bytes=512, columns=(ColumnType("PLANNING_SKU", "string"),)
            ),
            execution_time_ms=12.5,
        ),
        changes,
    )


def _changed(event: E, changes: dict[str, object]) -> E:
    return replace(event, **changes)  # type: ignore[type-var]
