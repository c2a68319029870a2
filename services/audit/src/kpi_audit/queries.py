"""What the API reads of the log, and of the history of a KPI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kpi_audit.chain import Seal
from kpi_audit.checkpoints import seals
from kpi_audit.errors import EntryNotFound, NotSealed
from kpi_audit.history import kpi_history
from kpi_audit.log import Entry, audit_log, entries
from kpi_audit.tracking import query_executions

Rows = Sequence[sa.RowMapping]
Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events to list; `from_time` is included, `to_time` is not."""

    aggregate: str | None = None
    aggregate_id: str | None = None
    type: str | None = None
    actor: str | None = None
    correlation_id: UUID | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions on the log."""
        equal = ("aggregate", "aggregate_id", "type", "actor", "correlation_id")
        conditions = [
            audit_log.c[name] == value
            for name in equal
            if (value := getattr(self, name)) is not None
        ]
        if self.from_time is not None:
            conditions.append(audit_log.c.time >= self.from_time)
        if self.to_time is not None:
            conditions.append(audit_log.c.time < self.to_time)
        return conditions


def list_events(
    connection: sa.Connection, wanted: EventFilter, limit: int, offset: int
) -> tuple[int, Rows]:
    """Return how many events match and one page of them, newest first."""
    query = sa.select(audit_log).where(*wanted.conditions())
    return _page(connection, query, audit_log.c.seq.desc(), limit, offset)


def get_proof(connection: sa.Connection, seq: int) -> tuple[list[Entry], Seal]:
    """Return the entries from `seq` to the next checkpoint, and that checkpoint.

    Raises EntryNotFound, or NotSealed while no checkpoint covers the entry.
    """
    if connection.execute(sa.select(audit_log.c.seq).where(audit_log.c.seq == seq)).first() is None:
        raise EntryNotFound(seq)
    seal = next(seals(connection, seq - 1), None)
    if seal is None:
        raise NotSealed(seq)
    return [entry for page in entries(connection, seq - 1, seal.seq) for entry in page], seal


def list_history(
    connection: sa.Connection, kpi_id: int, limit: int, offset: int
) -> tuple[int, Rows] | None:
    """Return how often something was done to a KPI and one page of it, newest first.

    None for a KPI that the log does not know. An execution's entry tells how it ended.
    """
    query = (
        sa.select(kpi_history, query_executions.c.status.label("execution_status"))
        .outerjoin(query_executions, query_executions.c.execution_id == kpi_history.c.execution_id)
        .where(kpi_history.c.kpi_id == kpi_id)
    )
    total, found = _page(connection, query, kpi_history.c.seq.desc(), limit, offset)
    return (total, found) if total else None


def list_metrics(
    connection: sa.Connection, kpi_id: int, days: int | None, limit: int, offset: int
) -> tuple[int, Rows] | None:
    """Return the number of days (UTC) on which a KPI ran and one page of them, newest first.

    `days` looks back from today. Only executions that have ended count. None for an unknown KPI.
    """
    known = sa.select(kpi_history.c.seq).where(kpi_history.c.kpi_id == kpi_id).limit(1)
    if connection.execute(known).first() is None:
        return None
    return _page(connection, _metrics(kpi_id, days), sa.desc("metric_date"), limit, offset)


def _metrics(kpi_id: int, days: int | None) -> Query:
    run = query_executions.c
    day = sa.cast(sa.func.timezone("UTC", run.started_at), sa.Date)
    successful = run.status == "success"
    query: Query = (
        sa.select(
            day.label("metric_date"),
            sa.func.count().label("total_executions"),
            sa.func.count().filter(successful).label("successful_executions"),
            sa.func.count().filter(sa.not_(successful)).label("failed_executions"),
            sa.func.coalesce(sa.func.avg(run.execution_time * 1000), 0.0).label(
                "avg_execution_time_ms"
            ),
            sa.cast(
                sa.func.coalesce(sa.func.avg(run.total_rows).filter(successful), 0), sa.BigInteger
            ).label("avg_records_returned"),
        )
        .where(run.kpi_id == kpi_id, run.status.is_not(None))
        .group_by(day)
    )
    if days is not None:
        today = sa.cast(sa.func.timezone("UTC", sa.func.now()), sa.Date)
        query = query.where(day > today - days)
    return query


def _page(
    connection: sa.Connection,
    query: Query,
    order: sa.UnaryExpression[Any],
    limit: int,
    offset: int,
) -> tuple[int, Rows]:
    total = connection.execute(sa.select(sa.func.count()).select_from(query.subquery()))
    page = query.order_by(order).limit(limit).offset(offset)
    return total.scalar_one(), connection.execute(page).mappings().all()
