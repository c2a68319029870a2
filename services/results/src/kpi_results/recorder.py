"""Who saw, took away or found damaged what: events of reading, off the reader's critical path."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from queue import Empty, Full, Queue
from threading import Event
from time import monotonic

import sqlalchemy as sa
import structlog
from prometheus_client import Counter

from kpi_contracts.result import ResultExported, ResultViewed
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_results.commands import RecordReadings, ReportDamage
from kpi_results.rows.errors import PartDamaged
from kpi_results.taking_in import SERVICE

WAITING = 10_000  # views, at most
TOGETHER = 500  # views in one transaction, at most
PACE = 0.05  # seconds between two transactions; a view that comes alone is not delayed

LOST_VIEWS = Counter("kpi_results_views_unrecorded_total", "Views that could not be recorded")
DAMAGED = Counter("kpi_results_damaged_parts_total", "Readings that met a damaged part")
_AWAY = (sa.exc.OperationalError, sa.exc.TimeoutError)
_log = structlog.stdlib.get_logger(__name__)

_View = tuple[ResultViewed, Context]


class Recorder:
    """Records reading. One per process; close it at the end, or what waits is lost.

    Views that gather while one transaction runs, and for a moment after it, go into the next one
    together: much of what a page costs would else be its event's share of the interpreter's lock.
    """

    def __init__(self, dispatch: Dispatcher, *, viewed: float = 1.0) -> None:
        """Record the share `viewed` of all views, 0 to 1."""
        self._dispatch = dispatch
        self._share = viewed
        self._views: Queue[_View] = Queue(WAITING)
        self._closing = Event()
        self._thread = ThreadPoolExecutor(1, "record")

    def viewed(self, event: ResultViewed, context: Context) -> None:
        """Record a view soon. Sampled; a view that cannot be recorded is counted and logged."""
        if random.random() >= self._share:  # noqa: S311 - a sample, not a secret
            return
        try:
            self._views.put_nowait((event, context))
        except Full:
            LOST_VIEWS.inc()
        else:
            self._thread.submit(self._write_waiting)

    def exported(self, event: ResultExported, context: Context) -> None:
        """Record an export now; raises what the database raises, so that none goes unrecorded."""
        self._dispatch(RecordReadings([(event, context)]), context)

    def damaged(self, damage: PartDamaged, context: Context) -> None:
        """Count and log a damaged part, and record it soon."""
        DAMAGED.inc()
        report = ReportDamage(damage.execution_id, damage.key, damage.reason)
        _log.error("part damaged", **asdict(report))
        self._thread.submit(self._write_damage, report, context)

    def close(self) -> None:
        """Write what waits."""
        self._closing.set()
        self._thread.shutdown(wait=True)

    def _write_waiting(self) -> None:
        """Record what waits; nothing if an earlier call has taken it along."""
        views = list(islice(iter(self._next, None), TOGETHER))
        if not views:
            return
        began = monotonic()
        self._write_together(views)
        self._closing.wait(began + PACE - monotonic())

    def _write_together(self, views: Sequence[_View]) -> None:
        try:
            self._write(views)
        except _AWAY as error:
            _lost(views, error)  # each of them would wait for the database, and fail as well
        except Exception:  # whatever is wrong with one must not cost the others
            for view in views:
                self._write_alone(view)

    def _next(self) -> _View | None:
        try:
            return self._views.get_nowait()
        except Empty:
            return None

    def _write(self, views: Sequence[_View]) -> None:
        self._dispatch(RecordReadings(views), Context.by(SERVICE))

    def _write_alone(self, view: _View) -> None:
        """Record a view that was not, or with which others were not, recorded."""
        try:
            self._write([view])
        except Exception as error:  # nobody waits who could be told
            _lost([view], error)

    def _write_damage(self, report: ReportDamage, context: Context) -> None:
        try:
            self._dispatch(report, context)
        except (sa.exc.SQLAlchemyError, ConcurrencyConflict) as error:
            _log.error("damage not recorded", part=report.part, error=repr(error))


def _lost(views: Sequence[_View], error: Exception) -> None:
    LOST_VIEWS.inc(len(views))
    executions = sorted({view.execution_id for view, _ in views})
    _log.error("views not recorded", executions=executions, views=len(views), error=repr(error))
