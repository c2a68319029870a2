"""The frame of every worker: a bus, its streams, and the loops that run until the stop signal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from kpi_bus.connection import Bus, connect
from kpi_bus.stopping import unless_stopped
from kpi_bus.topology import declare
from kpi_service.worker import Worker


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
        await declare(bus.js, replicas=bus.replicas)
        async with asyncio.TaskGroup() as group:
            for loop in make(bus):
                group.create_task(loop.run(worker.stop))
    finally:
        await bus.close()


def _require_connection(bus: Bus) -> None:
    if not bus.connected:
        raise ConnectionError("not connected to NATS")
