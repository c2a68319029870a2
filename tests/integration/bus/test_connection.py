"""The connection and the declaration of streams, on a real server."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from kpi_bus.connection import connect
from kpi_bus.errors import Disconnected, MessageTooLarge, TopologyConflict
from kpi_bus.topology import declare
from kpi_contracts.messages import Message
from kpi_contracts.streams import ALL, KPI_COMMANDS, KPI_EVENTS
from kpi_testkit import NatsServer
from tests.integration.bus.harness import bus_to, disconnected, within_time


def test_declaring_the_streams_again_changes_nothing(nats_url: str) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            before = await bus.js.streams_info()
            await declare(bus.js)
            after = await bus.js.streams_info()
            assert {info.config.name for info in after} == {stream.name for stream in ALL}
            assert [info.config for info in after] == [info.config for info in before]

    within_time(scenario())


def test_a_changed_definition_updates_the_stream_and_keeps_its_messages(nats_url: str) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await bus.js.publish("kpi.evt.a.1.b", b"{}")
            wider = replace(KPI_EVENTS, duplicate_window=timedelta(minutes=20))
            await declare(bus.js, [wider])
            info = await bus.js.stream_info("KPI_EVENTS")
            assert (info.config.duplicate_window, info.state.messages) == (1200, 1)

    within_time(scenario())


def test_a_change_that_the_server_refuses_is_a_conflict(nats_url: str) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            with pytest.raises(TopologyConflict, match="KPI_COMMANDS"):
                await declare(bus.js, [replace(KPI_COMMANDS, retention="limits")])

    within_time(scenario())


def test_copies_on_a_single_server_are_a_conflict(nats_url: str) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            with pytest.raises(TopologyConflict, match="replicas > 1 not supported"):
                await declare(bus.js, replicas=3)

    within_time(scenario())


def test_several_processes_may_declare_at_once(nats_url: str) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await asyncio.gather(*(declare(bus.js) for _ in range(8)))

    within_time(scenario())


def test_too_large_a_message_is_refused_here_and_the_connection_stays(nats_url: str) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            with pytest.raises(MessageTooLarge):
                await bus.publish(Message("kpi.evt.a.1.b", {}, b"x" * 900_001))
            with pytest.raises(MessageTooLarge):
                await bus.publish(Message("kpi.evt.a.1.b", {"long": "x" * 900_001}, b""))
            await bus.publish(Message("kpi.evt.a.1.b", {}, b"x" * 899_000))

    within_time(scenario())


def test_publishing_without_a_connection_fails_at_once(nats_server: NatsServer) -> None:
    async def scenario() -> None:
        async with bus_to(nats_server.url) as bus:
            await asyncio.to_thread(nats_server.kill)
            await disconnected(bus)
            with pytest.raises(Disconnected):
                await bus.publish(Message("kpi.evt.a.1.b", {}, b"{}"))

    within_time(scenario())


def test_the_end_of_a_connection_that_nobody_asked_for_is_told(nats_url: str) -> None:
    async def scenario() -> None:
        ended = asyncio.Event()
        bus = await connect(nats_url, name="test", on_closed=ended.set)
        await bus.nc.close()
        await asyncio.wait_for(ended.wait(), 5)

        ended.clear()
        bus = await connect(nats_url, name="test", on_closed=ended.set)
        await bus.close()
        assert not ended.is_set()

    within_time(scenario())
