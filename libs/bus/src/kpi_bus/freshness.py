"""Read-your-writes across services, for the blocking API processes.

A reader that does not know an id asks the stream how far it goes, waits until its own projection
(made by the worker process) has come that far, and only then says that there is no such thing.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
import structlog
from nats.js.errors import NotFoundError

from kpi_bus.connection import Bus, connect
from kpi_bus.errors import Disconnected, is_transient
from kpi_contracts.streams import KPI_EVENTS
from kpi_eventsourcing.inbox import Inbox

LONGEST_WAIT = 2.0
IN_FLIGHT = 0.1
_POLL = 0.01
_FIRST_CONNECT = 0.5

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a stream as far as some subjects are concerned; `seq` 0 if they have nothing."""

    created: datetime
    seq: int


class StreamHead:
    """Asks NATS from blocking code, over one connection that a background thread keeps.

    The connection is opened by the first question, so that a process without questions has none.
    """

    def __init__(self, url: str, *, name: str, stream: str = KPI_EVENTS.name) -> None:
        self._url = url
        self._name = name
        self._stream = stream
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._bus: asyncio.Task[Bus] | None = None

    def last(self, subjects: Sequence[str], timeout: float = LONGEST_WAIT) -> Head:
        """Return the stream's last sequence on any of the subjects.

        Raises:
            Disconnected: NATS is out of reach now.
            nats.errors.Error, TimeoutError: no answer within `timeout` seconds.

        """
        loop = self._started()
        question = asyncio.run_coroutine_threadsafe(self._ask(subjects, timeout), loop)
        return question.result()

    def close(self) -> None:
        """Close the connection and end the thread."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._disconnect(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name=f"{self._name}-stream-head", daemon=True
                )
                self._thread.start()
            return self._loop

    async def _ask(self, subjects: Sequence[str], timeout: float) -> Head:
        async with asyncio.timeout(timeout):
            js = (await self._connected()).js
            # The head first: what is stored in between only makes the reader wait for more.
            info = await js.stream_info(self._stream)
            if info.created is None:
                raise Disconnected("the server names no creation time of the stream")
            sequences = [await self._last_on(subject) for subject in subjects]
            return Head(info.created, max(sequences, default=0))

    async def _last_on(self, subject: str) -> int:
        bus = await self._connected()
        try:
            message = await bus.js.get_last_msg(self._stream, subject)
        except NotFoundError:
            return 0
        return message.seq or 0

    async def _connected(self) -> Bus:
        if self._bus is None:
            self._bus = asyncio.create_task(
                connect(self._url, name=self._name, on_closed=self._forget)
            )
        done, _ = await asyncio.wait({self._bus}, timeout=_FIRST_CONNECT)
        if not done or not self._bus.result().connected:
            raise Disconnected("not connected to NATS")
        return self._bus.result()

    def _forget(self) -> None:
        self._bus = None

    async def _disconnect(self) -> None:
        if self._bus is None:
            return
        if self._bus.done():
            await self._bus.result().close()
        else:
            self._bus.cancel()


class ReadYourWrites:
    """Looks things up that another service may just have written.

    `wait` bounds the whole, in seconds. `in_flight` is the time that a committed event may take
    to reach the stream, where this reader cannot see it yet.
    """

    def __init__(
        self,
        engine: sa.Engine,
        head: StreamHead,
        *,
        consumer: str,
        subjects: Sequence[str],
        wait: float = LONGEST_WAIT,
        in_flight: float = IN_FLIGHT,
    ) -> None:
        self._engine = engine
        self._head = head
        self._inbox = Inbox(consumer)
        self._subjects = tuple(subjects)
        self._wait = wait
        self._in_flight = in_flight

    def find(self, lookup: Callable[[], T | None]) -> T | None:
        """Return what `lookup` returns; None only when the projection has caught up without it.

        Without NATS, or when the projection does not catch up in time, the answer is what
        `lookup` knows now.
        """
        found = lookup()
        if found is not None:
            return found
        asked = time.monotonic()
        try:
            while found is None and self._catch_up(asked + self._wait):
                found = lookup()
                if time.monotonic() >= asked + self._in_flight:
                    return found
                if found is None:
                    time.sleep(_POLL)
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("freshness.unknown", error=repr(error))
        return found if found is not None else lookup()

    def _catch_up(self, deadline: float) -> bool:
        """Wait until the projection is where the stream was at the call; False at `deadline`."""
        head = self._head.last(self._subjects, max(deadline - time.monotonic(), _POLL))
        while self._position(head.created) < head.seq:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        return True

    def _position(self, stream_created: datetime) -> int:
        with self._engine.connect() as connection:
            return self._inbox.position(connection, stream_created)
