"""The projection loop: exactly once and in order, whatever is delivered and whoever is killed."""

import asyncio
import random
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from kpi_bus.connection import Bus
from kpi_bus.freshness import ReadYourWrites, StreamHead
from kpi_bus.parking import REASON
from kpi_bus.projection import ProjectionLoop
from kpi_bus.relay import Relay
from kpi_contracts.envelope import Envelope, Record, from_record, to_record
from kpi_contracts.messages import Message, encode
from kpi_eventsourcing.inbox import Delivered
from kpi_eventsourcing.schema import parked
from kpi_testkit import NatsServer, Processes, crash_at, crashed, eventually, eventually_async
from tests.integration.bus.harness import (
    all_projected,
    bus_to,
    messages_in,
    noting_loop,
    running,
    within_time,
)
from tests.integration.bus.ledger import (
    append,
    assert_once_and_in_order,
    note,
    projected,
    seen,
    write_many,
)

SUBJECTS = ("kpi.evt.definition.>",)


async def publish(bus: Bus, *messages: Message, once: bool = True) -> None:
    """Publish messages; without their ids unless `once`, so that the stream drops nothing."""
    for message in messages:
        headers = dict(message.headers)
        if not once:
            del headers["Nats-Msg-Id"]
        await bus.publish(Message(message.subject, headers, message.body))


def parked_rows(engine: sa.Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(parked).order_by(parked.c.id))
        return [(row.subject, row.reason) for row in rows]


def test_tenfold_and_shuffled_deliveries_take_effect_once_and_in_order(
    engine: sa.Engine, nats_url: str
) -> None:
    messages = [encode(to_record(append(engine, f"{number % 6}")[0])) for number in range(60)] * 10
    random.Random(7).shuffle(messages)

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            loop = noting_loop(bus, engine)
            async with running(loop.run):
                await publish(bus, *messages, once=False)
                assert await loop.caught_up(600, 20)

    within_time(scenario())
    assert_once_and_in_order(engine, 60)


@pytest.mark.parametrize("point", ["projection.before_commit", "projection.after_commit"])
def test_a_projection_killed_in_the_middle_of_a_batch_takes_effect_once(
    engine: sa.Engine, database_url: str, nats_url: str, processes: Processes, point: str
) -> None:
    arguments = ("tests.integration.bus.worker", "projection", database_url, nats_url)
    write_many(engine, 1, 50)

    async def fill() -> None:
        async with bus_to(nats_url) as bus:
            await Relay(engine, bus).refill()
            async with running(Relay(engine, bus).run):

                async def arrived() -> bool:
                    return (await bus.js.stream_info("KPI_EVENTS")).state.messages == 50

                await eventually_async(arrived, 20)

    within_time(fill())
    assert crashed(processes.module(*arguments, env=crash_at(point)))
    processes.module(*arguments)
    eventually(lambda: len(projected(engine)) >= 50, 20)
    assert_once_and_in_order(engine, 50)


def test_what_cannot_be_projected_is_parked_with_its_reason_and_the_rest_flows(
    engine: sa.Engine, nats_url: str
) -> None:
    def picky(connection: sa.Connection, envelope: Envelope) -> None:
        note(connection, envelope)
        if (envelope.aggregate_id, envelope.version) == ("bad", 2):
            raise LookupError("no such thing")

    good = [append(engine, "bad")[0] for _ in range(3)] + append(engine, "good")
    messages = [encode(to_record(envelope)) for envelope in good]
    unknown = Message(
        "kpi.evt.definition.new.sung",
        messages[3].headers
        | {
            "ce-type": "io.kpiledger.definition.sung.v9",
            "ce-subject": "new",
            "ce-id": "01a200d0-e1c3-7dd2-b157-fb8b53f99001",
        },
        b"{}",
    )
    garbage = Message("kpi.evt.definition.x.y", {"Nats-Msg-Id": "garbage"}, b"\xff")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            loop = ProjectionLoop(bus, engine, consumer="picky", subjects=SUBJECTS, project=picky)
            await publish(bus, *messages[:2], garbage, once=True)
            await publish(bus, unknown, once=False)
            await publish(bus, *messages[2:], once=True)
            async with running(loop.run):
                assert await loop.caught_up(6, 20)
            found = await messages_in(bus, "KPI_PARKED", "kpi.parked.picky")
            assert [body for _, _, body in found] == [messages[1].body, b"\xff", b"{}"]
            assert found[0][1][REASON] == "LookupError: no such thing"

    within_time(scenario())
    assert projected(engine) == [("bad", 1), ("bad", 3), ("good", 1)]
    assert [reason.split(":")[0] for _, reason in parked_rows(engine)] == [
        "LookupError",
        "InvalidMessage",
        "UnknownEvent",
    ]


def test_a_database_that_fails_for_a_while_parks_nothing(engine: sa.Engine, nats_url: str) -> None:
    failures = [OperationalError("insert", {}, Exception("gone")) for _ in range(3)]

    def shaky(connection: sa.Connection, envelope: Envelope) -> None:
        if failures:
            raise failures.pop()
        note(connection, envelope)

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            loop = ProjectionLoop(bus, engine, consumer="shaky", subjects=SUBJECTS, project=shaky)
            await publish(bus, *[encode(to_record(append(engine, "7")[0])) for _ in range(5)])
            async with running(loop.run):
                assert await loop.caught_up(5, 20)

    within_time(scenario())
    assert parked_rows(engine) == []
    assert_once_and_in_order(engine, 5)


def test_sessions_that_the_database_ends_cost_nothing_but_time(
    engine: sa.Engine, nats_url: str
) -> None:
    victim = sa.create_engine(engine.url.update_query_dict({"application_name": "victim"}))

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            relay, loop = Relay(victim, bus), noting_loop(bus, victim)
            async with running(relay.run, loop.run):
                load = asyncio.create_task(asyncio.to_thread(write_patiently, victim, 60))
                for ends in range(5):
                    await all_projected(engine, 5 * ends + 1)
                    await asyncio.to_thread(end_sessions, engine)
                await load
                await all_projected(engine, 60, 40)

    within_time(scenario())
    victim.dispose()
    assert_once_and_in_order(engine, 60)


def write_patiently(engine: sa.Engine, count: int) -> None:
    for number in range(count):
        while True:
            try:
                append(engine, f"{number}")
            except sa.exc.DBAPIError:
                continue
            break


def end_sessions(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.execute(
            sa.text("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'victim'
            """)
        )


def test_the_raw_variant_gets_the_bytes_as_they_were_sent(engine: sa.Engine, nats_url: str) -> None:
    bodies: list[bytes] = []

    def keep(_connection: sa.Connection, record: Record, body: bytes) -> None:
        assert record.aggregate == "definition"
        bodies.append(body)

    message = encode(to_record(append(engine, "7")[0]))
    spaced = Message(message.subject, message.headers, b"{ }")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            loop = ProjectionLoop(
                bus, engine, consumer="raw", subjects=("kpi.evt.>",), project_record=keep
            )
            await publish(bus, spaced)
            async with running(loop.run):
                assert await loop.caught_up(1, 10)

    within_time(scenario())
    assert bodies == [b"{ }"]


def test_a_second_consumer_of_the_same_name_repeats_nothing(
    engine: sa.Engine, nats_url: str
) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus, bus_to(nats_url) as other:
            one, two = noting_loop(bus, engine), noting_loop(other, engine)
            async with running(Relay(engine, bus).run, one.run, two.run):
                await asyncio.to_thread(write_many, engine, 1, 60)
                await all_projected(engine, 60)

    within_time(scenario())
    assert_once_and_in_order(engine, 60)


def test_a_reader_finds_what_another_service_wrote_a_moment_ago(
    engine: sa.Engine, nats_url: str
) -> None:
    head = StreamHead(nats_url, name="reader")
    # A loaded machine may take long from the commit to the stream.
    reader = ReadYourWrites(engine, head, consumer="noting", subjects=SUBJECTS, in_flight=1.5)

    def lookup(aggregate_id: str) -> int | None:
        with engine.connect() as connection:
            query = sa.select(seen.c.version).where(seen.c.aggregate_id == aggregate_id)
            found: int | None = connection.scalar(query)
            return found

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            relay, loop = Relay(engine, bus), noting_loop(bus, engine)
            async with running(relay.run, loop.run):
                for number in range(20):
                    append(engine, f"{number}")
                    found = await asyncio.to_thread(reader.find, lambda n=number: lookup(f"{n}"))
                    assert found == 1
                assert await asyncio.to_thread(reader.find, lambda: lookup("nowhere")) is None

    within_time(scenario())
    head.close()


def test_a_reader_answers_from_what_it_has_while_the_broker_is_away(
    engine: sa.Engine, nats_server: NatsServer
) -> None:
    head = StreamHead(nats_server.url, name="reader")
    reader = ReadYourWrites(engine, head, consumer="noting", subjects=SUBJECTS)
    nats_server.kill()
    assert reader.find(lambda: None) is None
    assert reader.find(lambda: 7) == 7
    head.close()


def test_what_comes_within_the_pace_goes_into_one_batch(engine: sa.Engine, nats_url: str) -> None:
    batches: list[int] = []

    def project_many(connection: sa.Connection, events: Sequence[Delivered]) -> None:
        batches.append(len(events))
        for event in events:
            note(connection, from_record(event.record))

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            loop = ProjectionLoop(
                bus,
                engine,
                consumer="paced",
                subjects=SUBJECTS,
                project_many=project_many,
                pace=0.5,
            )
            async with running(loop.run):
                for number in range(20):
                    await publish(bus, encode(to_record(append(engine, f"{number}")[0])))
                await all_projected(engine, 20)

    within_time(scenario())
    assert_once_and_in_order(engine, 20)
    assert len(batches) < 10
