"""A relay or a projection as a process of its own, to be killed.

Usage: python -m tests.integration.bus.worker relay|projection DATABASE_URL NATS_URL
"""

import asyncio
import sys

import sqlalchemy as sa

from kpi_bus.connection import Bus
from kpi_bus.relay import Relay
from tests.integration.bus.harness import Run, bus_to, noting_loop
from tests.integration.bus.ledger import engine_for


def loop_named(kind: str, bus: Bus, engine: sa.Engine) -> Run:
    if kind == "relay":
        return Relay(engine, bus).run
    return noting_loop(bus, engine).run


async def main(kind: str, database_url: str, nats_url: str) -> None:
    async with bus_to(nats_url) as bus:
        await loop_named(kind, bus, engine_for(database_url))(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
