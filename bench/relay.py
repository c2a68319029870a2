"""(b) From the call of commit to the hands of a consumer of the stream, at a steady rate."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from nats.aio.msg import Msg

from bench import servers
from bench.appends import CONTEXT, EVENT, Definition
from bench.pacing import ticks
from bench.table import Better, Line, Row, Samples, percentile
from kpi_bus.connection import Bus, connect
from kpi_bus.topology import declare
from kpi_contracts.envelope import Envelope, to_record
from kpi_contracts.ids import uuid7
from kpi_contracts.messages import encode
from kpi_contracts.streams import KPI_EVENTS
from kpi_contracts.subjects import EVENTS
from kpi_eventsourcing.schema import create_tables_v1
from kpi_eventsourcing.unit_of_work import UnitOfWork
from kpi_service.database import make_engine
from kpi_testkit import eventually_async
from kpi_testkit.processes import running

RATE = 200.0  # events per second
SECONDS = 8.0
ROUNDS = 3
NOTE = (
    "The clock runs from the call of commit (its sync to disk included) until a JetStream consumer "
    "in another process than the relay has the event. The peer publishes the same messages "
    "straight to the stream at the same rate: no database, no relay, nothing kept if the "
    "publisher dies."
)

Latencies = Sequence[float]  # seconds


def run(directory: Path) -> Row:
    """Measure the relay in a process of its own, beside publishing without any database."""
    with (
        servers.postgres(directory) as databases,
        servers.nats(directory) as nats,
        running(directory) as processes,
    ):
        url = databases.create()
        engine = make_engine(url, name="bench")
        with engine.begin() as connection:
            create_tables_v1(connection)
        processes.module("bench.relay_process", url, nats.url)
        try:
            relayed, published = asyncio.run(_measure(engine, nats.url))
        finally:
            engine.dispose()
    return Row(
        f"From commit to a consumer of the stream, {RATE:g} events/s",
        [
            _line("p50", 0.50, relayed, published),
            _line("p99", 0.99, relayed, published, aim=25.0),
        ],
        [NOTE],
    )


def _line(
    name: str,
    share: float,
    ours: Sequence[Latencies],
    peers: Sequence[Latencies],
    aim: float | None = None,
) -> Line:
    return Line(
        measured=name,
        unit="ms",
        ours=Samples.of(1000 * percentile(values, share) for values in ours),
        peer=Samples.of(1000 * percentile(values, share) for values in peers),
        better=Better.LOWER,
        aim=aim,
    )


async def _measure(engine: sa.Engine, url: str) -> tuple[list[Latencies], list[Latencies]]:
    bus = await connect(url, name="bench", on_closed=lambda: os._exit(1))
    try:
        await declare(bus.js)
        async with _arrivals(bus) as arrived:
            await _until_relay_leads(engine, arrived)
            relayed, published = [], []
            for _ in range(ROUNDS):
                began = await asyncio.to_thread(_commit_steadily, engine)
                relayed.append(await _latencies(began, arrived))
                published.append(await _latencies(await _publish_steadily(bus), arrived))
        return relayed, published
    finally:
        await bus.close()


@asynccontextmanager
async def _arrivals(bus: Bus) -> AsyncIterator[dict[str, float]]:
    """Note when which event arrives at a consumer of the stream."""
    arrived: dict[str, float] = {}

    async def note(message: Msg) -> None:
        arrived[(message.headers or {})["ce-id"]] = time.perf_counter()

    subscription = await bus.js.subscribe(
        EVENTS, stream=KPI_EVENTS.name, ordered_consumer=True, cb=note
    )
    yield arrived
    await subscription.unsubscribe()


async def _until_relay_leads(engine: sa.Engine, arrived: dict[str, float]) -> None:
    event_id, _ = _commit(engine)
    await _all_arrived({event_id: 0.0}, arrived, seconds=20)


async def _latencies(began: dict[str, float], arrived: dict[str, float]) -> Latencies:
    await _all_arrived(began, arrived, seconds=10)
    return [arrived[event_id] - start for event_id, start in began.items()]


async def _all_arrived(began: dict[str, float], arrived: dict[str, float], seconds: float) -> None:
    async def complete() -> bool:
        return began.keys() <= arrived.keys()

    await eventually_async(complete, seconds, "every event has arrived")


def _commit_steadily(engine: sa.Engine) -> dict[str, float]:
    return dict(_commit(engine) for _ in ticks(RATE, SECONDS))


def _commit(engine: sa.Engine) -> tuple[str, float]:
    with UnitOfWork(engine) as uow:
        [envelope] = uow.append(Definition(str(uuid.uuid4())), [EVENT], CONTEXT)
        began = time.perf_counter()
        uow.commit()
    return str(envelope.id), began


async def _publish_steadily(bus: Bus) -> dict[str, float]:
    began: dict[str, float] = {}
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(RATE * SECONDS)):
            await asyncio.sleep(max(0.0, start + number / RATE - time.perf_counter()))
            message = encode(to_record(_envelope()))
            began[message.headers["ce-id"]] = time.perf_counter()
            group.create_task(bus.publish(message))
    return began


def _envelope() -> Envelope:
    return Envelope(
        id=uuid7(),
        aggregate=Definition.name,
        aggregate_id=str(uuid.uuid4()),
        version=1,
        time=CONTEXT.time,
        actor=CONTEXT.actor,
        correlation_id=CONTEXT.correlation_id,
        data=EVENT,
    )
