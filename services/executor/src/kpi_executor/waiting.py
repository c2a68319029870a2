"""Requests that wait for the end of an execution, all served by one listener."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import structlog

from kpi_executor.executions import FINAL_STATUSES, executions
from kpi_executor.wakeups import Wakeups

log = structlog.get_logger(__name__)


class Waiters:
    """Lets threads sleep until the executions they wait for have ended."""

    def __init__(self, engine: sa.Engine, database_url: str) -> None:
        self._engine = engine
        self._waiting: dict[int, list[threading.Event]] = {}
        self._lock = threading.Lock()
        self._wakeups = Wakeups(database_url, self._look)
        self._started = False

    def wait(self, execution_id: int, seconds: float) -> bool:
        """Return whether the execution ended within the time."""
        with self._registered(execution_id) as ended:
            self._look()
            return ended.wait(seconds)

    @contextmanager
    def _registered(self, execution_id: int) -> Iterator[threading.Event]:
        event = threading.Event()
        with self._lock:
            if not self._started:
                self._wakeups.start()
                self._started = True
            self._waiting.setdefault(execution_id, []).append(event)
        try:
            yield event
        finally:
            with self._lock:
                self._waiting[execution_id].remove(event)
                if not self._waiting[execution_id]:
                    del self._waiting[execution_id]

    def _look(self) -> None:
        with self._lock:
            ids = list(self._waiting)
        if not ids:
            return
        query = sa.select(executions.c.id).where(
            executions.c.id.in_(ids), executions.c.status.in_(FINAL_STATUSES)
        )
        try:
            with self._engine.connect() as connection:
                ended = connection.execute(query).scalars().all()
        except sa.exc.SQLAlchemyError as error:
            log.warning("waiters.database_away", reason=str(error).partition("\n")[0])
            return
        with self._lock:
            for execution_id in ended:
                for event in self._waiting.get(execution_id, ()):
                    event.set()
