"""A stream that lost its end: a server that came back with an older copy of its files."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import nats.errors
import pytest
import sqlalchemy as sa

from kpi_bus.connection import Bus
from kpi_bus.refill import Comparison
from kpi_bus.relay import Relay
from kpi_eventsourcing.outbox import Cursor, Entry
from kpi_testkit import eventually_async
from kpi_testkit.embedded import EmbeddedNats
from tests.integration.bus.harness import (
    all_projected,
    bus_to,
    disconnected,
    event_ids,
    noting_loop,
    running,
    within_time,
)
from tests.integration.bus.ledger import append, assert_once_and_in_order, committed, write_many


@pytest.mark.parametrize("later", [2, 30])
def test_what_a_stream_lost_at_its_end_is_put_back(
    engine: sa.Engine, tmp_path: Path, later: int
) -> None:
    server = EmbeddedNats(tmp_path)
    store, copy = tmp_path / "nats" / "store", tmp_path / "copy"

    async def scenario() -> None:
        async with bus_to(server.url) as bus:
            relay, loop = Relay(engine, bus), noting_loop(bus, engine)
            async with running(relay.run, loop.run):
                write_many(engine, 1, 10)
                await all_projected(engine, 10)
                await asyncio.to_thread(server.stop)
                shutil.copytree(store, copy)
                await asyncio.to_thread(server.start)
                write_many(engine, 2, 10)
                await all_projected(engine, 20)
                await asyncio.to_thread(server.kill)
                await disconnected(bus)
                shutil.rmtree(store)
                copy.rename(store)
                write_many(engine, 3, later)
                await asyncio.to_thread(server.start)
                await eventually_async(lambda: same_events(bus, engine), 30, "it is refilled")
                await all_projected(engine, 20 + later)

    server.start()
    try:
        within_time(scenario())
    finally:
        server.close()
    assert_once_and_in_order(engine, 20 + later)


def test_a_refill_that_was_broken_off_is_begun_again(
    engine: sa.Engine, nats_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published, breaks = Comparison.published, count()

    def break_off_once(comparison: Comparison, end: Cursor) -> Iterator[list[Entry]]:
        for entries in published(comparison, end):
            yield entries[:10]
            if next(breaks) == 0:
                raise TimeoutError
            yield entries[10:]

    async def scenario() -> None:
        async with bus_to(nats_url) as bus, running(Relay(engine, bus).run):
            await eventually_async(lambda: same_events(bus, engine), 20, "all is published")
            monkeypatch.setattr(Comparison, "published", break_off_once)
            await bus.js.delete_stream("KPI_EVENTS")
            append(engine, "after")
            await eventually_async(lambda: same_events(bus, engine), 30, "it is refilled")

    write_many(engine, 1, 30)
    within_time(scenario())


async def same_events(bus: Bus, engine: sa.Engine) -> bool:
    """Whether the stream holds what is committed."""
    try:
        return Counter(await event_ids(bus)) == Counter(committed(engine))
    except nats.errors.Error:
        return False
