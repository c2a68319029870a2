"""Running the loops inside a test, and looking into streams."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import AckPolicy, ConsumerConfig

from kpi_bus.connection import Bus, connect
from kpi_bus.projection import ProjectionLoop
from kpi_bus.topology import declare
from kpi_testkit import eventually_async
from tests.integration.bus.ledger import note, projected

LONGEST = 90.0
Run = Callable[[asyncio.Event], Awaitable[None]]


def within_time(scenario: Coroutine[Any, Any, None], seconds: float = LONGEST) -> None:
    """Run a test's coroutine, bounded."""

    async def bounded() -> None:
        async with asyncio.timeout(seconds):
            await scenario

    asyncio.run(bounded())


@asynccontextmanager
async def bus_to(url: str, replicas: int | None = None) -> AsyncIterator[Bus]:
    """Connect, with all streams declared."""
    bus = await connect(url, name="test", on_closed=lambda: None, replicas=replicas)
    try:
        await declare(bus.js, replicas=replicas)
        yield bus
    finally:
        await bus.close()


async def disconnected(bus: Bus) -> None:
    """Wait until the client has noticed that its server is gone."""

    async def gone() -> bool:
        return not bus.connected

    await eventually_async(gone, 10, "the client has lost its connection")


@asynccontextmanager
async def running(*runs: Run) -> AsyncIterator[None]:
    """Run loops for the length of a block, then stop them in order."""
    stop = asyncio.Event()
    tasks = [asyncio.ensure_future(run(stop)) for run in runs]
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(20):
            await asyncio.gather(*tasks)


def noting_loop(bus: Bus, engine: sa.Engine, consumer: str = "noting") -> ProjectionLoop:
    return ProjectionLoop(
        bus, engine, consumer=consumer, subjects=("kpi.evt.definition.>",), project=note
    )


async def all_projected(engine: sa.Engine, expected: int, timeout: float = 30) -> None:
    """Wait until `noting_loop` has noted so many events."""

    async def arrived() -> bool:
        return len(projected(engine)) >= expected

    await eventually_async(arrived, timeout, f"{expected} events are projected", interval=0.1)


async def messages_in(
    bus: Bus, stream: str, subject: str = ">"
) -> list[tuple[str, dict[str, str], bytes]]:
    """Return (subject, headers, body) of everything in a stream."""
    info = await bus.js.add_consumer(
        stream, ConsumerConfig(ack_policy=AckPolicy.NONE, filter_subject=subject)
    )
    subscription = await bus.js.pull_subscribe_bind(consumer=info.name, stream=stream)
    found: list[tuple[str, dict[str, str], bytes]] = []
    try:
        while len(found) < (info.num_pending or 0):
            messages = await subscription.fetch(500, timeout=2)
            found += [(item.subject, dict(item.headers or {}), item.data) for item in messages]
    except NatsTimeout:
        pass
    finally:
        await subscription.unsubscribe()
    return found


async def event_ids(bus: Bus) -> list[str]:
    """Return the ids of the events in the stream, in stream order."""
    return [headers["ce-id"] for _, headers, _ in await messages_in(bus, "KPI_EVENTS")]
