"""Retention: which results give their rows up, and when. Their parts are swept afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
import structlog

from kpi_contracts.result import ExpiryReason
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_results.commands import ExpireResult
from kpi_results.settings import Keeping
from kpi_results.shelf import results
from kpi_results.taking_in import SERVICE

BATCH = 100

_log = structlog.stdlib.get_logger(__name__)


class Retention:
    """Expires results by age, by count per KPI and by total bytes, the oldest first."""

    def __init__(self, engine: sa.Engine, dispatch: Dispatcher, keeping: Keeping) -> None:
        self._engine = engine
        self._dispatch = dispatch
        self._keeping = keeping

    def expire(self) -> bool:
        """Expire what is due, at most BATCH results; return whether there may be more."""
        due = self._due()
        for execution_id, reason in due.items():
            self._dispatch(ExpireResult(execution_id, reason), Context.by(SERVICE))
            _log.info("result expired", execution_id=execution_id, reason=reason)
        return len(due) >= BATCH

    def _due(self) -> dict[int, ExpiryReason]:
        with self._engine.connect() as connection:
            return {
                row.execution_id: reason
                for query, reason in self._queries()
                for row in connection.execute(query.limit(BATCH))
            }

    def _queries(self) -> Iterator[tuple[sa.Select[tuple[int]], ExpiryReason]]:
        if self._keeping.bytes is not None:
            total = sa.func.sum(results.c.bytes).over(order_by=results.c.execution_id.desc())
            yield _beyond(total, self._keeping.bytes), "bytes"
        if self._keeping.runs is not None:
            place = sa.func.row_number().over(
                partition_by=results.c.kpi_id, order_by=results.c.execution_id.desc()
            )
            of_kpis = results.c.kpi_id.is_not(None)
            yield _beyond(place, self._keeping.runs, of_kpis), "count"
        if self._keeping.age is not None:
            limit = datetime.now(UTC) - self._keeping.age
            old = sa.select(results.c.execution_id).where(
                results.c.expired_at.is_(None), results.c.stored_at < limit
            )
            yield old.order_by(results.c.execution_id), "age"


def _beyond(
    measure: sa.ColumnElement[int], limit: int, *conditions: sa.ColumnElement[bool]
) -> sa.Select[tuple[int]]:
    """Select the kept results for which `measure`, over all kept ones, is more than `limit`."""
    measured = (
        sa.select(results.c.execution_id, measure.label("measure"))
        .where(results.c.expired_at.is_(None), *conditions)
        .subquery()
    )
    return (
        sa.select(measured.c.execution_id)
        .where(measured.c.measure > limit)
        .order_by(measured.c.execution_id)
    )
