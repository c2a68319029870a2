"""Who saw, took away or found damaged what: events of reading, off the reader's critical path."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, Full, Queue

import sqlalchemy as sa
import structlog
from prometheus_client import Counter

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.result import ResultExported, ResultViewed
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.unit_of_work import UnitOfWork
from kpi_results import shelf
from kpi_results.result import Result

WAITING = 10_000
BATCH = 200
TRIES = 20

LOST_VIEWS = Counter("kpi_results_views_unrecorded_total", "Views that could not be recorded")
DAMAGED = Counter("kpi_results_damaged_parts_total", "Readings that met a damaged part")
_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    event: ResultViewed
    context: Context


class Recorder:
    """Records reading. One per process; it finishes what waits when the interpreter ends."""

    def __init__(self, engine: sa.Engine, *, viewed: float = 1.0) -> None:
        """Return `viewed` is the share of views that are recorded, 0 to 1."""
        self._engine = engine
        self._share = viewed
        self._waiting: Queue[_Seen] = Queue(WAITING)
        self._thread = ThreadPoolExecutor(1, "record-views")

    def viewed(self, event: ResultViewed, context: Context) -> None:
        """Record a view soon. Sampled; a view that cannot be recorded is counted and logged."""
        if random.random() >= self._share:  # noqa: S311 - a sample, not a secret
            return
        try:
            self._waiting.put_nowait(_Seen(event, context))
        except Full:
            LOST_VIEWS.inc()
            return
        self._thread.submit(self._write_waiting)

    def exported(self, event: ResultExported, context: Context) -> None:
        """Record an export now; raises what the database raises, so that none goes unrecorded."""
        self._append(event.execution_id, [(event, context)])

    def damaged(self, execution_id: int, part: str, reason: str, context: Context) -> None:
        """Count, log and record a damaged part."""
        DAMAGED.inc()
        _log.error("part damaged", execution_id=execution_id, part=part, reason=reason)
        self._thread.submit(self._report_damage, execution_id, part, reason, context)

    def close(self) -> None:
        """Write what waits."""
        self._thread.shutdown(wait=True)

    def _write_waiting(self) -> None:
        by_execution: dict[int, list[tuple[DomainEvent, Context]]] = {}
        for seen in self._taken():
            by_execution.setdefault(seen.event.execution_id, []).append((seen.event, seen.context))
        for execution_id, events in by_execution.items():
            try:
                self._append(execution_id, events)
            except (sa.exc.SQLAlchemyError, ConcurrencyConflict) as error:
                LOST_VIEWS.inc(len(events))
                _log.error("views not recorded", execution_id=execution_id, error=repr(error))

    def _taken(self) -> list[_Seen]:
        taken: list[_Seen] = []
        try:
            while len(taken) < BATCH:
                taken.append(self._waiting.get_nowait())
        except Empty:
            pass
        return taken

    def _append(self, execution_id: int, events: Sequence[tuple[DomainEvent, Context]]) -> None:
        """Append at the end of the result's stream, wherever other processes have moved it."""
        for remaining in reversed(range(TRIES)):
            try:
                with UnitOfWork(self._engine, [shelf.project]) as uow:
                    result = uow.at_end(Result, execution_id)
                    for event, context in events:
                        uow.append(result, [event], context)
                    uow.commit()
                return
            except ConcurrencyConflict:
                if not remaining:
                    raise

    def _report_damage(self, execution_id: int, part: str, reason: str, context: Context) -> None:
        try:
            with UnitOfWork(self._engine, [shelf.project]) as uow:
                result = uow.load(Result, execution_id)
                uow.append(result, result.damage(part, reason), context)
                uow.commit()
        except (sa.exc.SQLAlchemyError, ConcurrencyConflict) as error:
            _log.error("damage not recorded", execution_id=execution_id, error=repr(error))
