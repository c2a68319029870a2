"""Retention: which results give their rows up, and when. Their parts are swept afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
import structlog

from kpi_contracts.result import ExpiryReason
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_results.commands import ExpireResult
from kpi_results.rules import rules
from kpi_results.settings import Keeping
from kpi_results.shelf import results
from kpi_results.taking_in import SERVICE

BATCH = 100
_DAY = 86_400  # seconds
_KEPT = results.c.expired_at.is_(None)
_NEWEST_FIRST = results.c.execution_id.desc()
_RULED = results.outerjoin(rules, rules.c.kpi_id == results.c.kpi_id)

_log = structlog.stdlib.get_logger(__name__)


class Retention:
    """Expires results by age, by count per KPI and by total bytes, the oldest first.

    A KPI's own rule goes before the service's settings, but for bytes: there the KPI's rule is of
    its own results, the setting of all.
    """

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
        size, has_kpi = sa.func.sum(results.c.bytes), results.c.kpi_id.is_not(None)
        if self._keeping.bytes is not None:
            of_all = size.over(order_by=_NEWEST_FIRST)
            yield _beyond(of_all, sa.literal(self._keeping.bytes)), "bytes"
        yield _beyond(_of_kpi(size), rules.c.bytes, has_kpi), "bytes"
        runs = sa.func.coalesce(rules.c.runs, sa.literal(self._keeping.runs, sa.BigInteger))
        yield _beyond(_of_kpi(sa.func.row_number()), runs, has_kpi), "count"
        days = None if self._keeping.age is None else self._keeping.age / timedelta(days=1)
        allowed = sa.func.coalesce(rules.c.days, sa.literal(days, sa.Float))
        age = sa.extract("epoch", sa.func.now() - results.c.stored_at) / _DAY
        old = sa.select(results.c.execution_id).select_from(_RULED).where(_KEPT, age > allowed)
        yield old.order_by(results.c.execution_id), "age"


def _of_kpi(measure: sa.FunctionElement[int]) -> sa.ColumnElement[int]:
    """Measure, for each result, it and the newer ones of its KPI."""
    return measure.over(partition_by=results.c.kpi_id, order_by=_NEWEST_FIRST)


def _beyond(
    measure: sa.ColumnElement[int],
    limit: sa.ColumnElement[int],
    *conditions: sa.ColumnElement[bool],
) -> sa.Select[tuple[int]]:
    """Select the kept results for which `measure`, over all kept ones, is more than `limit`.

    A limit that is NULL is none.
    """
    measured = (
        sa.select(results.c.execution_id, measure.label("measure"), limit.label("limit"))
        .select_from(_RULED)
        .where(_KEPT, *conditions)
        .subquery()
    )
    return (
        sa.select(measured.c.execution_id)
        .where(measured.c.measure > measured.c.limit)
        .order_by(measured.c.execution_id)
    )
