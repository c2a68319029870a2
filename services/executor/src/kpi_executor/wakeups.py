"""Hearing of commits in the executor's database, so that nobody has to poll fast.

A notification is only a hint: listeners are woken at least every half second as well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import structlog

from kpi_eventsourcing.outbox import WAKE_CHANNEL

POLL_SECONDS = 0.5
RECONNECT_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Wakeups:
    """Calls `callback` from a thread of its own after commits, and every half second."""

    def __init__(self, database_url: str, callback: Callable[[], object]) -> None:
        self._url = database_url.replace("postgresql+psycopg:", "postgresql:")
        self._callback = callback
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wakeups", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread within about half a second."""
        self._stopped.set()
        self._thread.join(timeout=2 * POLL_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=3) as connection:
                    self._listen(connection)
            except psycopg.OperationalError as error:
                log.warning("wakeups.disconnected", reason=str(error).partition("\n")[0])
                self._callback()
                self._stopped.wait(RECONNECT_SECONDS)

    def _listen(self, connection: psycopg.Connection) -> None:
        connection.execute(f"LISTEN {WAKE_CHANNEL}")
        while not self._stopped.is_set():
            self._callback()
            for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass
