"""`python -m bench.relay_process <database url> <nats url>`: a relay alone, as a worker runs it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from kpi_bus.connection import connect
from kpi_bus.relay import Relay
from kpi_bus.topology import declare
from kpi_service.database import make_engine


async def relay(database_url: str, nats_url: str) -> None:
    """Publish what is committed until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    bus = await connect(nats_url, name="bench relay", on_closed=lambda: os._exit(1))
    await declare(bus.js)
    await Relay(make_engine(database_url, name="bench relay"), bus).run(stop)
    await bus.close()


if __name__ == "__main__":
    asyncio.run(relay(*sys.argv[1:]))
