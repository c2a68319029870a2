"""Who saw, took away or found damaged what: events of reading, off the reader's critical path."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

import sqlalchemy as sa
import structlog
from prometheus_client import Counter

from kpi_contracts.result import ResultExported, ResultViewed
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_results.commands import RecordReading, ReportDamage

WAITING = 10_000

LOST_VIEWS = Counter("kpi_results_views_unrecorded_total", "Views that could not be recorded")
DAMAGED = Counter("kpi_results_damaged_parts_total", "Readings that met a damaged part")
_log = structlog.stdlib.get_logger(__name__)


class Recorder:
    """Records reading. One per process; it finishes what waits when the interpreter ends."""

    def __init__(self, dispatch: Dispatcher, *, viewed: float = 1.0) -> None:
        """Record the share `viewed` of all views, 0 to 1."""
        self._dispatch = dispatch
        self._share = viewed
        self._room = BoundedSemaphore(WAITING)
        self._thread = ThreadPoolExecutor(1, "record")

    def viewed(self, event: ResultViewed, context: Context) -> None:
        """Record a view soon. Sampled; a view that cannot be recorded is counted and logged."""
        if random.random() >= self._share:  # noqa: S311 - a sample, not a secret
            return
        if not self._room.acquire(blocking=False):
            LOST_VIEWS.inc()
            return
        self._thread.submit(self._write_view, event, context)

    def exported(self, event: ResultExported, context: Context) -> None:
        """Record an export now; raises what the database raises, so that none goes unrecorded."""
        self._dispatch(RecordReading(event), context)

    def damaged(self, execution_id: int, part: str, reason: str, context: Context) -> None:
        """Count and log a damaged part, and record it soon."""
        DAMAGED.inc()
        _log.error("part damaged", execution_id=execution_id, part=part, reason=reason)
        self._thread.submit(self._write_damage, ReportDamage(execution_id, part, reason), context)

    def close(self) -> None:
        """Write what waits."""
        self._thread.shutdown(wait=True)

    def _write_view(self, event: ResultViewed, context: Context) -> None:
        try:
            self._dispatch(RecordReading(event), context)
        except (sa.exc.SQLAlchemyError, ConcurrencyConflict) as error:
            LOST_VIEWS.inc()
            _log.error("view not recorded", execution_id=event.execution_id, error=repr(error))
        finally:
            self._room.release()

    def _write_damage(self, report: ReportDamage, context: Context) -> None:
        try:
            self._dispatch(report, context)
        except (sa.exc.SQLAlchemyError, ConcurrencyConflict) as error:
            _log.error("damage not recorded", part=report.part, error=repr(error))
