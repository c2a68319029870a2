"""Execution tracking: lists and statistics. Times are in seconds, rates in percent.

Only executions that have ended count; see `tracking` for what the four statuses mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kpi_audit.tracking import query_executions

Query = sa.Select[*tuple[Any, ...]]

run = query_executions.c
_ENDED = run.status.is_not(None)
_SUCCESSFUL = run.status == "success"


def list_executions(
    connection: sa.Connection,
    user_id: str,
    *,
    status: str | None = None,
    database_type: str | None = None,
    limit: int,
    offset: int,
) -> tuple[int, Sequence[sa.RowMapping]]:
    """Return how many executions of a user match and one page of them, newest first."""
    query = sa.select(query_executions).where(_ENDED, run.user_id == user_id)
    if status is not None:
        query = query.where(run.status == status)
    if database_type is not None:
        query = query.where(run.database_type == database_type)
    total = connection.execute(sa.select(sa.func.count()).select_from(query.subquery()))
    page = query.order_by(run.started_at.desc(), run.id.desc()).limit(limit).offset(offset)
    return total.scalar_one(), connection.execute(page).mappings().all()


def totals(connection: sa.Connection, days: int, user_id: str | None = None) -> Mapping[str, Any]:
    """Return counts by status, rate and times of the last `days` days; None: of all users."""
    query: Query = sa.select(
        sa.func.count().label("total_executions"),
        *(_count(status) for status in ("success", "failed", "error", "timeout")),
        _rounded(sa.func.avg(run.execution_time)).label("avg_execution_time"),
        _rounded(sa.func.max(run.execution_time)).label("max_execution_time"),
        sa.func.coalesce(sa.func.sum(run.total_rows), 0).label("total_rows_processed"),
    ).where(_ENDED, run.started_at >= sa.func.now() - sa.func.make_interval(0, 0, 0, days))
    found = dict(connection.execute(_of(query, user_id)).mappings().one())
    return found | {"success_rate": rate(found["success_count"], found["total_executions"])}


def by_database(connection: sa.Connection, user_id: str | None = None) -> Sequence[sa.RowMapping]:
    """Return counts and times by database type, the busiest first. Here failed = no success."""
    count = sa.func.count()
    query = (
        sa.select(
            run.database_type,
            count.label("execution_count"),
            _count("success"),
            count.filter(sa.not_(_SUCCESSFUL)).label("failed_count"),
            _rounded(sa.func.avg(run.execution_time)).label("avg_execution_time"),
        )
        .where(_ENDED)
        .group_by(run.database_type)
        .order_by(count.desc(), run.database_type)
    )
    return connection.execute(_of(query, user_id)).mappings().all()


def rate(successes: int, total: int) -> float:
    """Return the share of successes in percent with two decimals, 0 if there were no runs."""
    return round(100 * successes / total, 2) if total else 0.0


def _of(query: Query, user_id: str | None) -> Query:
    return query if user_id is None else query.where(run.user_id == user_id)


def _count(status: str) -> sa.Label[int]:
    return sa.func.count().filter(run.status == status).label(f"{status}_count")


def _rounded(value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    milliseconds = sa.func.round(sa.cast(sa.func.coalesce(value, 0), sa.Numeric), 3)
    return sa.cast(milliseconds, sa.Double)
