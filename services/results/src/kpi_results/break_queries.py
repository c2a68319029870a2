"""What the API reads of the ledger of breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kpi_results.errors import BreakNotFound, LedgerClosed
from kpi_results.ledger import breaks, ledgers
from kpi_results.remarks import remarks

_IS_PRESENT = breaks.c.rows > 0
_UNTIL = sa.func.coalesce(breaks.c.resolved_at, sa.func.now())
_COLUMNS = (
    breaks.c.id,
    breaks.c.kpi_id,
    breaks.c.key,
    breaks.c.rows,
    breaks.c.status,
    breaks.c.reopened,
    breaks.c.first_seen_execution_id,
    breaks.c.first_seen_at,
    sa.case((_IS_PRESENT, ledgers.c.execution_id), else_=breaks.c.last_seen_execution_id).label(
        "last_seen_execution_id"
    ),
    sa.case((_IS_PRESENT, ledgers.c.executed_at), else_=breaks.c.last_seen_at).label(
        "last_seen_at"
    ),
    breaks.c.resolved_execution_id,
    breaks.c.resolved_at,
    (sa.extract("epoch", _UNTIL - breaks.c.first_seen_at) / 86_400.0).label("age_days"),
    remarks.c.assignee,
    remarks.c.reason,
    remarks.c.comment,
    remarks.c.remarked_at,
    remarks.c.remarked_by,
)
_BREAKS = (
    sa.select(*_COLUMNS)
    .select_from(breaks)
    .join(ledgers, ledgers.c.kpi_id == breaks.c.kpi_id)
    .outerjoin(remarks, remarks.c.break_id == breaks.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakFilter:
    """Which breaks of a KPI to list."""

    kpi_id: int
    status: str | None = None
    assignee: str | None = None


def list_breaks(
    connection: sa.Connection, wanted: BreakFilter, limit: int, offset: int
) -> tuple[int, Sequence[sa.RowMapping]]:
    """Return how many breaks match and one page of them, the oldest first; raises LedgerClosed."""
    of_kpi = ledgers.c.kpi_id == wanted.kpi_id
    closed = connection.execute(sa.select(ledgers.c.closed).where(of_kpi)).scalar_one_or_none()
    if closed is not None:
        raise LedgerClosed(wanted.kpi_id, closed)
    query = _BREAKS.where(breaks.c.kpi_id == wanted.kpi_id)
    if wanted.status is not None:
        query = query.where(breaks.c.status == wanted.status)
    if wanted.assignee is not None:
        query = query.where(remarks.c.assignee == wanted.assignee)
    total = connection.execute(sa.select(sa.func.count()).select_from(query.subquery()))
    page = query.order_by(breaks.c.first_seen_execution_id, breaks.c.id).limit(limit)
    return total.scalar_one(), connection.execute(page.offset(offset)).mappings().all()


def get_break(connection: sa.Connection, kpi_id: int, break_id: str) -> sa.RowMapping:
    """Return a break; raises BreakNotFound."""
    query = _BREAKS.where(breaks.c.kpi_id == kpi_id, breaks.c.id == break_id)
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise BreakNotFound(kpi_id, break_id)
    return found
