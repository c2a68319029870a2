"""Three servers that hold every stream together: one of them may die at any moment."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpi_bus.connection import Bus
from kpi_bus.relay import Relay
from kpi_bus.topology import declare
from kpi_contracts.streams import ALL, KPI_EVENTS
from kpi_eventsourcing.outbox import Outbox
from kpi_testkit import eventually_async
from kpi_testkit.cluster import NatsCluster, nats_cluster
from tests.integration.bus.harness import (
    all_projected,
    bus_to,
    event_ids,
    noting_loop,
    running,
    within_time,
)
from tests.integration.bus.ledger import (
    assert_once_and_in_order,
    committed,
    projected,
    write_many,
)

WRITERS, EVENTS = 4, 60
GOES_ON = 20.0  # seconds, at most, from the death of a leader to the next event projected


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[NatsCluster]:
    with nats_cluster(tmp_path) as cluster:
        yield cluster


async def race(engine: sa.Engine) -> None:
    await asyncio.gather(
        *(asyncio.to_thread(write_many, engine, writer, EVENTS) for writer in range(WRITERS))
    )


async def copies(bus: Bus) -> list[int]:
    """Count the servers that hold each stream and are up to date."""
    found = []
    for definition in ALL:
        info = await bus.js.stream_info(definition.name)
        assert info.cluster is not None
        found.append(1 + sum(bool(peer.current) for peer in info.cluster.replicas or ()))
    return found


async def asked_for(bus: Bus) -> list[int | None]:
    """Return how many servers are to hold each stream."""
    return [(await bus.js.stream_info(each.name)).config.num_replicas for each in ALL]


def test_every_stream_has_as_many_copies_as_are_asked_for(cluster: NatsCluster) -> None:
    async def scenario() -> None:
        async with bus_to(cluster.url) as bus:
            assert await copies(bus) == [1] * len(ALL)
            await declare(bus.js, replicas=3)

            async def copied() -> bool:
                return await copies(bus) == [3] * len(ALL)

            await eventually_async(copied, 20, "every stream has three copies")
            await declare(bus.js)
            assert await asked_for(bus) == [3] * len(ALL)
            await eventually_async(copied, 20, "every stream still has three copies")

    within_time(scenario())


def test_servers_that_only_the_cluster_names_take_over(cluster: NatsCluster) -> None:
    first, *others = cluster.nodes.values()

    async def scenario() -> None:
        async with bus_to(cluster.url.split(",")[0]) as bus:
            first.kill()

            async def taken_over() -> bool:
                return bus.reconnects == 1 and bus.connected

            await eventually_async(taken_over, 10, f"{len(others)} servers are there to go to")

    within_time(scenario())


def test_a_leader_killed_under_load_costs_seconds_and_nothing_else(
    engine: sa.Engine, cluster: NatsCluster
) -> None:
    async def scenario() -> None:
        async with bus_to(cluster.url, replicas=3) as bus:
            relay, loop = Relay(engine, bus), noting_loop(bus, engine)
            async with running(relay.run, loop.run):
                load = asyncio.create_task(race(engine))
                await all_projected(engine, 40, GOES_ON)
                leader = await asyncio.to_thread(cluster.leader, KPI_EVENTS.name)
                await asyncio.to_thread(leader.kill)
                await all_projected(engine, len(projected(engine)) + 1, GOES_ON)
                await load
                await all_projected(engine, WRITERS * EVENTS, GOES_ON)
                await asyncio.to_thread(cluster.start)
                await race(engine)
                await all_projected(engine, 2 * WRITERS * EVENTS, GOES_ON)
            ids = await event_ids(bus)
            assert Counter(ids) == Counter(committed(engine))

    within_time(scenario())
    assert_once_and_in_order(engine, 2 * WRITERS * EVENTS)
    assert Outbox(engine).lag().events == 0
