"""The relay between a real Postgres and a real NATS, with racing writers and crashes."""

import asyncio
import signal
from collections import Counter

import psycopg
import pytest
import sqlalchemy as sa

from kpi_bus.parking import REASON
from kpi_bus.quarantine import Quarantine, release
from kpi_bus.relay import Relay
from kpi_contracts.envelope import to_record
from kpi_eventsourcing.outbox import Outbox
from kpi_testkit import NatsServer, Processes, crash_at, crashed, eventually, eventually_async
from tests.integration.bus.harness import (
    all_projected,
    bus_to,
    disconnected,
    event_ids,
    messages_in,
    noting_loop,
    running,
    within_time,
)
from tests.integration.bus.ledger import (
    append,
    assert_once_and_in_order,
    committed,
    engine_for,
    projected,
    updated,
    write_many,
)
from tests.integration.bus.proxy import Proxy, proxy_to

WRITERS = 6
EVENTS = 40


async def race(engine: sa.Engine, events: int = EVENTS) -> None:
    await asyncio.gather(
        *(asyncio.to_thread(write_many, engine, writer, events) for writer in range(WRITERS))
    )


async def all_in_stream(bus_url: str, expected: int, timeout: float = 30) -> list[str]:
    async with bus_to(bus_url) as bus:

        async def arrived() -> bool:
            info = await bus.js.stream_info("KPI_EVENTS")
            return info.state.messages >= expected

        await eventually_async(arrived, timeout, f"{expected} events are in the stream")
        return await event_ids(bus)


def sleepers(engine: sa.Engine) -> int:
    """Count the transactions that `append` holds open."""
    query = """SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event = 'PgSleep'"""
    with engine.connect() as connection:
        return int(connection.execute(sa.text(query)).scalar_one())


def test_racing_writers_lose_no_event_and_repeat_none(engine: sa.Engine, nats_url: str) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            relay, loop = Relay(engine, bus), noting_loop(bus, engine)
            async with running(relay.run, loop.run):
                await race(engine)
                await all_projected(engine, WRITERS * EVENTS)
            assert Counter(await event_ids(bus)) == Counter(committed(engine))

    within_time(scenario())
    assert_once_and_in_order(engine, WRITERS * EVENTS)
    assert Outbox(engine).lag().events == 0


def test_a_broker_killed_under_load_loses_nothing(
    engine: sa.Engine, nats_server: NatsServer
) -> None:
    async def scenario() -> None:
        async with bus_to(nats_server.url) as bus:
            relay, loop = Relay(engine, bus), noting_loop(bus, engine)
            async with running(relay.run, loop.run):
                load = asyncio.create_task(race(engine, 3 * EVENTS))
                for kills in range(1, 4):
                    await all_projected(engine, 40 * kills)
                    await asyncio.to_thread(nats_server.kill)
                    await disconnected(bus)
                    await asyncio.to_thread(nats_server.start)
                await load
                await all_projected(engine, 3 * WRITERS * EVENTS, 60)
        ids = await all_in_stream(nats_server.url, 3 * WRITERS * EVENTS)
        assert Counter(ids) == Counter(committed(engine))

    within_time(scenario())
    assert_once_and_in_order(engine, 3 * WRITERS * EVENTS)


@pytest.mark.parametrize("point", ["relay.after_publish", "relay.before_mark"])
def test_a_relay_killed_around_its_mark_publishes_each_event_once(
    engine: sa.Engine, database_url: str, nats_url: str, processes: Processes, point: str
) -> None:
    arguments = ("tests.integration.bus.worker", "relay", database_url, nats_url)
    write_many(engine, 1, 30)
    assert crashed(processes.module(*arguments, env=crash_at(point)))
    write_many(engine, 2, 30)
    processes.module(*arguments)
    ids = asyncio.run(all_in_stream(nats_url, 60))
    assert Counter(ids) == Counter(committed(engine))


def test_a_stopped_leader_is_replaced_and_does_no_harm_when_it_wakes(
    engine: sa.Engine, database_url: str, nats_url: str, processes: Processes
) -> None:
    arguments = ("tests.integration.bus.worker", "relay", database_url, nats_url)
    leader = processes.module(*arguments)
    append(engine, "first")
    asyncio.run(all_in_stream(nats_url, 1))
    processes.module(*arguments)
    leader.signal(signal.SIGSTOP)
    write_many(engine, 1, 20)
    asyncio.run(all_in_stream(nats_url, 21))
    leader.signal(signal.SIGCONT)
    write_many(engine, 2, 20)
    ids = asyncio.run(all_in_stream(nats_url, 41))
    assert Counter(ids) == Counter(committed(engine))
    eventually(lambda: leader.is_running and "interrupted" in leader.log_tail(), 15)


def test_an_oversize_event_is_parked_with_its_aggregate_and_the_rest_flows(
    engine: sa.Engine, nats_url: str
) -> None:
    append(engine, "big")
    append(engine, "big", updated("x" * 1_000_000))
    append(engine, "big")
    append(engine, "small")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            async with running(Relay(engine, bus, attempts=2).run):
                await all_in_stream(nats_url, 2)
                append(engine, "big")
                append(engine, "small")
                ids = await all_in_stream(nats_url, 3)
                assert len(ids) == 3

                async def notices() -> bool:
                    return len(await messages_in(bus, "KPI_PARKED")) == 3

                await eventually_async(notices, 10, "three parked events are announced")
            reasons = [headers[REASON] for _, headers, _ in await messages_in(bus, "KPI_PARKED")]
            assert reasons[0].startswith("MessageTooLarge")

    within_time(scenario())
    assert Quarantine(engine, "relay").aggregates() == {("definition", "big")}
    assert Outbox(engine).lag().events == 0


def test_a_released_aggregate_flows_again_in_order(engine: sa.Engine, nats_url: str) -> None:
    first, second = append(engine, "7", updated("a"), updated("b"))
    Quarantine(engine, "relay").park(to_record(first), "the reason")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            relay, loop = Relay(engine, bus), noting_loop(bus, engine)
            async with running(relay.run, loop.run):
                append(engine, "other")
                await all_projected(engine, 1)
                assert await release(engine, bus, "definition", "7") == 2
                append(engine, "7")
                await all_projected(engine, 4)

    within_time(scenario())
    assert projected(engine) == [("other", 1), ("7", 1), ("7", 2), ("7", 3)]
    assert second.version == 2


def test_a_deleted_stream_is_declared_and_refilled(engine: sa.Engine, nats_url: str) -> None:
    write_many(engine, 1, 60)

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            relay, loop = Relay(engine, bus), noting_loop(bus, engine)
            async with running(relay.run, loop.run):
                await all_projected(engine, 60)
                await bus.js.delete_stream("KPI_EVENTS")
                append(engine, "after")
                await all_projected(engine, 61, 40)
                ids = await all_in_stream(nats_url, 61)
                assert Counter(ids) == Counter(committed(engine))

    within_time(scenario())
    assert_once_and_in_order(engine, 61)


def test_a_refill_leaves_parked_events_out_and_what_came_before_them_in(
    engine: sa.Engine, nats_url: str
) -> None:
    published, bad, _ = append(engine, "7", *[updated(f"{number}") for number in range(3)])
    Quarantine(engine, "relay").park(to_record(bad), "the reason")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus, running(Relay(engine, bus).run):
            assert await all_in_stream(nats_url, 1) == [str(published.id)]
            await bus.js.delete_stream("KPI_EVENTS")
            append(engine, "other")
            assert str(published.id) in await all_in_stream(nats_url, 2)

    within_time(scenario())
    assert Outbox(engine).lag().events == 0


def test_events_missing_at_the_end_of_a_stream_are_put_back(
    engine: sa.Engine, nats_url: str
) -> None:
    write_many(engine, 1, 20)

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            async with running(Relay(engine, bus).run):
                kept = (await all_in_stream(nats_url, 20))[:5]
            whole = await messages_in(bus, "KPI_EVENTS")
            await bus.js.delete_stream("KPI_EVENTS")
        async with bus_to(nats_url) as bus:
            for subject, headers, body in whole[:5]:
                await bus.js.publish(subject, body, headers=headers)
            async with running(Relay(engine, bus).run):
                ids = await all_in_stream(nats_url, 20)
            assert ids[:5] == kept
            assert Counter(ids) == Counter(committed(engine))

    within_time(scenario())


def test_an_event_that_nobody_announced_is_found_by_polling(
    engine: sa.Engine, nats_url: str
) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus, running(Relay(engine, bus, poll=0.1).run):
            append(engine, "announced")
            await all_in_stream(nats_url, 1)
            with engine.begin() as connection:
                connection.execute(
                    sa.text("""
                        INSERT INTO events (id, aggregate, aggregate_id, version, type, time,
                                            actor, actor_kind, correlation_id, data)
                        SELECT gen_random_uuid(), aggregate, 'silent', 1, type, time,
                               actor, actor_kind, correlation_id, data FROM events
                    """)
                )
            await all_in_stream(nats_url, 2)

    within_time(scenario())


def test_a_transaction_that_stays_open_delays_others_but_loses_none(
    engine: sa.Engine, nats_url: str
) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus, running(Relay(engine, bus).run):
            slow = asyncio.create_task(asyncio.to_thread(append, engine, "slow", hold=1.0))
            await asyncio.to_thread(eventually, lambda: sleepers(engine) == 1)
            append(engine, "quick")
            assert Outbox(engine).lag().events == 1
            await slow
            assert len(await all_in_stream(nats_url, 2)) == 2

    within_time(scenario())


def test_a_relay_waits_for_a_broker_that_is_not_there_yet(
    engine: sa.Engine, nats_server: NatsServer
) -> None:
    async def scenario() -> None:
        async with bus_to(nats_server.url) as bus:
            await asyncio.to_thread(nats_server.kill)
            async with running(Relay(engine, bus).run):
                append(engine, "7")
                await disconnected(bus)
                await asyncio.to_thread(nats_server.start)
                assert len(await all_in_stream(nats_server.url, 1)) == 1

    within_time(scenario())


@pytest.mark.parametrize("waiting", [True, False], ids=["waiting for the lock", "connecting"])
def test_a_relay_whose_connection_fell_silent_leads_over_another_one(
    engine: sa.Engine, database_url: str, nats_url: str, waiting: bool
) -> None:
    lock = "SELECT pg_advisory_lock(hashtextextended('kpi.relay', 0))"
    asked = """SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
               AND query ~ 'pg_try_advisory_lock' AND pid <> pg_backend_pid()"""

    async def scenario(proxy: Proxy, other: psycopg.Connection) -> None:
        async def refused() -> bool:
            return other.execute(asked).fetchone() is not None

        async def silent() -> bool:
            return proxy.withheld > 0

        url = sa.make_url(database_url).set(host="127.0.0.1", port=proxy.port)
        far = engine_for(url.render_as_string(hide_password=False))
        if not waiting:
            proxy.fall_silent()
        async with bus_to(nats_url) as bus, running(Relay(far, bus).run):
            if waiting:
                await eventually_async(refused, 10, "the relay waits for the lock")
                proxy.fall_silent()
            await eventually_async(silent, 10, "nothing comes through")
            proxy.let_flow()
            other.close()
            append(engine, "late")
            await all_in_stream(nats_url, 1, 40)
        await asyncio.to_thread(far.dispose)

    async def behind_a_proxy(other: psycopg.Connection) -> None:
        async with proxy_to("127.0.0.1", other.info.port) as proxy:
            await scenario(proxy, other)

    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute(lock)
        within_time(behind_a_proxy(other))
