"""The frame of every worker: a bus, its streams, and the loops that run until the stop signal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from nats.js.errors import ServiceUnavailableError

from kpi_bus.connection import Bus, connect
from kpi_bus.stopping import pause, unless_stopped
from kpi_bus.topology import declare
from kpi_service.worker import Worker

DECLARE_AGAIN = 1.0

log = structlog.get_logger(__name__)


class Loop(Protocol):
    """Something that runs until it is told to stop: a relay, a projection, a command loop."""

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set."""


async def run_loops(worker: Worker, name: str, make: Callable[[Bus], Sequence[Loop]]) -> None:
    """Connect to the bus, declare the streams and run what `make` returns, all or none.

    The process is ready while the bus is connected. A loop that breaks ends the others, and
    its error ends the process.
    """
    settings = worker.settings
    connecting = connect(
        settings.nats_url,
        name=name,
        on_closed=worker.bus_closed,
        replicas=settings.nats_replicas,
    )
    bus = await unless_stopped(worker.stop, connecting)
    if bus is None:
        return
    worker.readiness.add("bus", lambda: _require_connection(bus))
    try:
        await _declare_streams(bus, worker.stop)
        async with asyncio.TaskGroup() as group:
            for loop in make(bus):
                group.create_task(loop.run(worker.stop))
    finally:
        await bus.close()


async def _declare_streams(bus: Bus, stop: asyncio.Event) -> None:
    """Declare the streams, waiting for a cluster that has no leader yet."""
    while not stop.is_set():
        try:
            await declare(bus.js, replicas=bus.replicas)
        except (TimeoutError, ServiceUnavailableError) as error:
            log.warning("worker.streams_undeclared", error=repr(error))
            await pause(stop, DECLARE_AGAIN)
        else:
            return


def _require_connection(bus: Bus) -> None:
    if not bus.connected:
        raise ConnectionError("not connected to NATS")
