"""The command loop on a real work queue."""

import asyncio
import time
from collections.abc import Mapping, Sequence

import pytest

from kpi_bus.commands import CommandLoop, Delivery, Handler, Together
from kpi_bus.connection import Bus
from kpi_bus.errors import TransientError
from kpi_bus.parking import REASON
from kpi_contracts.messages import Message
from kpi_testkit import NatsServer, eventually, eventually_async
from tests.integration.bus.harness import bus_to, messages_in, running, within_time

Headers = Mapping[str, str]


def loop_of(
    bus: Bus, handle: Handler, together: Together | None = None, **options: float
) -> CommandLoop:
    return CommandLoop(
        bus,
        "KPI_COMMANDS",
        "executor",
        "kpi.cmd.execute",
        handle,
        together=together,
        concurrency=4,
        **options,
    )


async def send(bus: Bus, *bodies: bytes) -> None:
    for body in bodies:
        await bus.js.publish("kpi.cmd.execute", body, headers={"ce-id": "1"})


async def queue_is_empty(bus: Bus, timeout: float = 20) -> None:
    async def empty() -> bool:
        return (await bus.js.stream_info("KPI_COMMANDS")).state.messages == 0

    await eventually_async(empty, timeout, "every command is acknowledged or terminated")


def test_commands_are_handled_and_leave_the_queue(nats_url: str) -> None:
    handled: list[bytes] = []

    def handle(body: bytes, headers: Headers) -> None:
        assert headers["ce-id"] == "1"
        handled.append(body)

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await send(bus, *[str(number).encode() for number in range(50)])
            async with running(loop_of(bus, handle).run):
                await queue_is_empty(bus)

    within_time(scenario())
    assert sorted(handled, key=int) == [str(number).encode() for number in range(50)]


def test_transient_errors_are_tried_again_and_hopeless_ones_parked(nats_url: str) -> None:
    tries: dict[bytes, int] = {}

    async def handle(body: bytes, _headers: Headers) -> None:
        tries[body] = tries.get(body, 0) + 1
        if body == b"later" and tries[body] < 3:
            raise TransientError("not yet", delay=0.05)
        if body == b"never":
            raise ValueError("no such\nKPI")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await send(bus, b"never", b"later", b"now")
            async with running(loop_of(bus, handle).run):
                await queue_is_empty(bus)
            [(subject, headers, body)] = await messages_in(bus, "KPI_PARKED")
            assert (subject, body) == ("kpi.parked.executor", b"never")
            assert headers[REASON] == "ValueError: no such KPI"

    within_time(scenario())
    assert tries == {b"never": 1, b"later": 3, b"now": 1}


def test_a_reply_goes_to_no_subject_that_would_do_harm(nats_url: str) -> None:
    """A subject longer than the server's control line would end the connection, time and again."""
    harmful = ["x" * 5_000, "kpi.evt.execution.1.succeeded", "$JS.API.INFO", "a b", "a.*", ">", ""]

    def handle(body: bytes, _headers: Headers) -> Message:
        return Message(body.decode(), {}, b"done")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            replies = await bus.nc.subscribe("answers.*")
            await send(bus, *[subject.encode() for subject in (*harmful, "answers.one")])
            async with running(loop_of(bus, handle).run):
                await queue_is_empty(bus)
            assert (await replies.next_msg(5)).subject == "answers.one"
            assert bus.nc.stats["reconnects"] == 0
            assert await messages_in(bus, "KPI_EVENTS") == []

    within_time(scenario())


def test_commands_that_wait_are_handled_together(nats_url: str) -> None:
    alone: list[bytes] = []
    batches: list[list[bytes]] = []

    def handle(body: bytes, _headers: Headers) -> None:
        alone.append(body)

    def together(deliveries: Sequence[Delivery]) -> Sequence[None]:
        batches.append([body for body, _ in deliveries])
        return [None] * len(deliveries)

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await send(bus, *[str(number).encode() for number in range(100)])
            async with running(loop_of(bus, handle, together).run):
                await queue_is_empty(bus)

    within_time(scenario())
    handled = alone + [body for batch in batches for body in batch]
    assert sorted(handled, key=int) == [str(number).encode() for number in range(100)]
    assert max(map(len, batches)) > 1


def test_of_commands_that_fail_together_only_the_hopeless_one_is_parked(nats_url: str) -> None:
    handled: set[bytes] = set()

    def handle(body: bytes, _headers: Headers) -> None:
        if body == b"never":
            raise ValueError("no such KPI")
        handled.add(body)

    def together(deliveries: Sequence[Delivery]) -> Sequence[None]:
        if any(body == b"never" for body, _ in deliveries):
            raise ValueError("one of them has no such KPI")
        handled.update(body for body, _ in deliveries)
        return [None] * len(deliveries)

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await send(bus, b"one", b"never", b"two", b"three")
            async with running(loop_of(bus, handle, together).run):
                await queue_is_empty(bus)
            assert [body for _, _, body in await messages_in(bus, "KPI_PARKED")] == [b"never"]

    within_time(scenario())
    assert handled == {b"one", b"two", b"three"}


def test_a_long_command_is_kept_and_not_delivered_twice(nats_url: str) -> None:
    calls: list[bytes] = []

    def slow(body: bytes, _headers: Headers) -> None:
        calls.append(body)
        time.sleep(8)

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await send(bus, b"long")
            async with running(loop_of(bus, slow, ack_wait=3.0, heartbeat=0.3).run):
                await queue_is_empty(bus)

    within_time(scenario())
    assert calls == [b"long"]


def test_an_answer_goes_where_the_sender_asked_for_it(nats_url: str) -> None:
    def answer(body: bytes, _headers: Headers) -> Message:
        return Message(body.decode(), {}, b"42")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            inbox = bus.nc.new_inbox()
            subscription = await bus.nc.subscribe(inbox)
            async with running(loop_of(bus, answer).run):
                await send(bus, inbox.encode())
                assert (await subscription.next_msg(10)).data == b"42"

    within_time(scenario())


@pytest.mark.parametrize("subject", ["kpi.evt.definition.1.created", "$JS.API.INFO", "a b", "a.>"])
def test_no_answer_is_sent_on_subjects_of_ours(nats_url: str, subject: str) -> None:
    def answer(_body: bytes, _headers: Headers) -> Message:
        return Message(subject, {}, b"forged")

    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await send(bus, b"1")
            async with running(loop_of(bus, answer).run):
                await queue_is_empty(bus)
            assert await messages_in(bus, "KPI_EVENTS") == []

    within_time(scenario())


def test_commands_survive_a_broker_that_is_killed(nats_server: NatsServer) -> None:
    handled: set[bytes] = set()

    def handle(body: bytes, _headers: Headers) -> None:
        handled.add(body)
        time.sleep(0.02)

    async def scenario() -> None:
        async with bus_to(nats_server.url) as bus:
            await send(bus, *[str(number).encode() for number in range(60)])
            async with running(loop_of(bus, handle, ack_wait=2.0).run):
                await asyncio.to_thread(eventually, lambda: len(handled) > 3)
                await asyncio.to_thread(nats_server.kill)
                await asyncio.to_thread(nats_server.start)

                async def connected() -> bool:
                    return bus.connected

                await eventually_async(connected, 10)
                await queue_is_empty(bus, 30)

    within_time(scenario())
    assert len(handled) == 60
