"""The window, the order and the prefix of the publisher, without a server."""

import asyncio
import random
from datetime import UTC, datetime

import pytest

from kpi_bus.publisher import Publisher
from kpi_bus.stopping import Crew
from kpi_contracts.envelope import Actor, Record
from kpi_contracts.ids import uuid7
from kpi_eventsourcing.outbox import Cursor, Entry


def entry(position: int, aggregate_id: str) -> Entry:
    record = Record(
        id=uuid7(),
        aggregate="definition",
        aggregate_id=aggregate_id,
        version=position,
        time=datetime.now(UTC),
        actor=Actor("ann", "user"),
        correlation_id=uuid7(),
        type="io.kpiledger.definition.deleted.v1",
        data={},
    )
    return Entry(Cursor(1, position), record)


def test_events_of_one_aggregate_are_settled_in_order_and_within_the_window() -> None:
    settled: list[tuple[str, int]] = []
    in_flight: list[str] = []
    widest = 0

    async def settle(record: Record) -> None:
        nonlocal widest
        assert record.aggregate_id not in in_flight
        in_flight.append(record.aggregate_id)
        widest = max(widest, len(in_flight))
        await asyncio.sleep(random.uniform(0, 0.002))
        in_flight.remove(record.aggregate_id)
        settled.append((record.aggregate_id, record.version))

    async def scenario() -> None:
        async with Crew() as crew:
            publisher = Publisher(crew, settle, window=4, backlog=20)
            for position in range(1, 101):
                await publisher.submit(entry(position, f"{position % 7}"))
            await publisher.drained()
            assert publisher.prefix == Cursor(1, 100)

    asyncio.run(asyncio.wait_for(scenario(), 30))
    assert widest == 4
    for aggregate_id in {name for name, _ in settled}:
        versions = [version for name, version in settled if name == aggregate_id]
        assert versions == sorted(versions)


def test_the_prefix_stops_before_an_event_that_is_not_settled() -> None:
    async def scenario() -> None:
        stuck = asyncio.Event()

        async def settle(record: Record) -> None:
            if record.version == 3:
                await stuck.wait()

        async with Crew() as crew:
            publisher = Publisher(crew, settle)
            for position in range(1, 6):
                await publisher.submit(entry(position, f"{position}"))
            await publisher.progressed()
            await asyncio.sleep(0)
            assert publisher.prefix == Cursor(1, 2)
            stuck.set()
            await publisher.drained()
            assert publisher.prefix == Cursor(1, 5)

    asyncio.run(asyncio.wait_for(scenario(), 30))


def test_an_error_that_cannot_be_settled_ends_the_work() -> None:
    async def settle(_record: Record) -> None:
        raise LookupError("a bug")

    async def scenario() -> None:
        async with Crew() as crew:
            publisher = Publisher(crew, settle)

            async def feed() -> None:
                await publisher.submit(entry(1, "7"))
                await publisher.drained()

            await crew.accompany(feed())

    with pytest.raises(LookupError):
        asyncio.run(asyncio.wait_for(scenario(), 30))
