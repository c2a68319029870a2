"""Something to do every so often, as a loop of the worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from kpi_bus.errors import is_transient
from kpi_bus.stopping import pause
from kpi_bus.threads import Threads

log = structlog.get_logger(__name__)


class Periodic:
    """Calls a blocking function in a thread, every `seconds`; a database that is away is logged."""

    def __init__(self, name: str, seconds: float, act: Callable[[], object]) -> None:
        self._name = name
        self._seconds = seconds
        self._act = act
        self._threads = Threads(name)

    async def run(self, stop: asyncio.Event) -> None:
        """Act until `stop` is set."""
        try:
            while not stop.is_set():
                try:
                    await self._threads.run(self._act)
                except Exception as error:
                    if not is_transient(error):
                        raise
                    log.warning("periodic.retrying", task=self._name, error=repr(error))
                await pause(stop, self._seconds)
        finally:
            await self._threads.close()
