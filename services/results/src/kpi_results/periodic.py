"""Work that is done again and again in the worker, beside its consumers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from obstore.exceptions import BaseError

from kpi_bus.errors import is_transient
from kpi_bus.stopping import Backoff, pause
from kpi_bus.threads import Threads
from kpi_results.rows.errors import BusyReading

_log = structlog.stdlib.get_logger(__name__)


class Periodic:
    """Calls blocking `work` at once again while it returns True, else after `every` seconds.

    A database or an object store that is away is waited for, and a slot that others take; any
    other error ends the process.
    """

    def __init__(self, name: str, work: Callable[[], bool], *, every: float) -> None:
        self._name = name
        self._work = work
        self._every = every
        self._threads = Threads(name)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; a call under way is finished first."""
        backoff = Backoff()
        try:
            while not stop.is_set():
                delay = await self._once(backoff)
                await pause(stop, delay)
        finally:
            await self._threads.close()

    async def _once(self, backoff: Backoff) -> float:
        try:
            more = await self._threads.run(self._work)
        except Exception as error:
            if not (is_transient(error) or isinstance(error, (BaseError, BusyReading))):
                raise
            _log.warning("periodic work put off", work=self._name, error=repr(error))
            return backoff.next()
        backoff.reset()
        return 0.0 if more else self._every
