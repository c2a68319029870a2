"""Commands of other systems: taken from the work queue, handled, then acknowledged.

A command is acknowledged only after its handler has returned, so a crash means a redelivery;
handlers are idempotent by `command_id`. How often it was tried is no reason to give up
(`max_deliver` is unlimited): what cannot succeed is parked and terminated, the rest waits.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import cast

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from kpi_bus import metrics
from kpi_bus.connection import MAX_MESSAGE_BYTES, Bus, size_of
from kpi_bus.errors import TransientError, is_transient
from kpi_bus.parking import park
from kpi_bus.stopping import Backoff, pause, pause_after, unless_stopped
from kpi_bus.threads import Threads
from kpi_bus.tracing import consuming, consuming_together
from kpi_contracts.messages import Message

Headers = Mapping[str, str]
BlockingHandler = Callable[[bytes, Headers], Message | None]
Handler = BlockingHandler | Callable[[bytes, Headers], Awaitable[Message | None]]
Delivery = tuple[bytes, Headers]
Together = Callable[[Sequence[Delivery]], Sequence[Message | None]]

ACK_WAIT = 30.0
HEARTBEAT = 10.0
FETCH_TIMEOUT = 5.0
LONGEST_DELAY = 60.0
BATCH = 50

# Replies go where another system says; never onto our own subjects or the server's. For a subject
# longer than its control line (4,096 bytes) the server ends the connection of who publishes.
_REPLY = re.compile(r"(?!kpi\.)(?!\$)[^\s.*>]+(\.[^\s.*>]+)*")
_LONGEST_REPLY = 1_000  # bytes

log = structlog.get_logger(__name__)


class CommandLoop:
    """Takes commands on one subject with a durable consumer.

    `handle` is a plain function (run in a thread) or a coroutine function. It returns None, or
    the message to send to whoever waits for an answer. It raises TransientError (or loses its
    database) to see the command again later; any other error parks the command.

    `together`, a plain function, does the same for several commands that wait: it returns their
    answers, or raises and has had no effect. Then each is handled alone.
    """

    def __init__(
        self,
        bus: Bus,
        stream: str,
        durable: str,
        subject: str,
        handle: Handler,
        *,
        together: Together | None = None,
        concurrency: int = 1,
        ack_wait: float = ACK_WAIT,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        self._bus = bus
        self._stream = stream
        self._durable = durable
        self._subject = subject
        self._handle = handle
        self._together = together
        self._concurrency = concurrency
        self._ack_wait = ack_wait
        self._heartbeat = heartbeat
        self._threads = Threads(durable, concurrency)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; commands under way are finished first."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._concurrency):
                    group.create_task(self._serve(stop))
        finally:
            await self._threads.close()

    async def _serve(self, stop: asyncio.Event) -> None:
        backoff = Backoff()
        while not stop.is_set():
            try:
                await self._take_commands(stop, backoff)
            except Exception as error:
                if not is_transient(error):
                    raise
                metrics.CONSUMER_RETRIES.labels(self._durable).inc()
                log.warning("commands.retrying", consumer=self._durable, error=repr(error))
                await pause(stop, backoff.next())

    async def _take_commands(self, stop: asyncio.Event, backoff: Backoff) -> None:
        await self._declare_consumer()
        subscription = await self._bus.js.pull_subscribe_bind(
            consumer=self._durable, stream=self._stream
        )
        try:
            while not stop.is_set():
                fetch = subscription.fetch(BATCH if self._together else 1, FETCH_TIMEOUT)
                try:
                    messages = await unless_stopped(stop, fetch)
                except TimeoutError:
                    continue
                if messages:
                    await self._serve_all(messages)
                    backoff.reset()
        finally:
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _declare_consumer(self) -> None:
        await self._bus.js.add_consumer(
            self._stream,
            ConsumerConfig(
                name=self._durable,
                durable_name=self._durable,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=self._ack_wait,
                max_deliver=-1,
                filter_subject=self._subject,
            ),
        )

    async def _serve_all(self, messages: Sequence[Msg]) -> None:
        if self._together and len(messages) > 1 and await self._served(messages, self._together):
            return
        alone = (self._serve_one(message) for message in messages)
        for outcome in await asyncio.gather(*alone, return_exceptions=True):
            if outcome is not None:
                raise outcome

    async def _served(self, messages: Sequence[Msg], together: Together) -> bool:
        deliveries = [(message.data, message.headers or {}) for message in messages]
        try:
            async with self._kept_alive(messages):
                with consuming_together(f"handle {self._subject}", _senders(deliveries)):
                    replies = await self._threads.run(together, deliveries)
        except Exception as error:
            log.info("commands.one_by_one", consumer=self._durable, reason=repr(error))
            return False
        for message, reply in zip(messages, replies, strict=True):
            await self._done(message, reply)
        return True

    async def _serve_one(self, message: Msg) -> None:
        try:
            async with self._kept_alive([message]):
                reply = await self._call(message)
        except Exception as error:
            await self._refuse(message, error)
        else:
            await self._done(message, reply)

    async def _done(self, message: Msg, reply: Message | None) -> None:
        if reply is not None:
            await self._reply(reply)
        await message.ack()
        metrics.COMMANDS.labels(self._durable, "handled").inc()

    async def _call(self, message: Msg) -> Message | None:
        headers = message.headers or {}
        with consuming(f"handle {message.subject}", headers.get("traceparent")):
            if inspect.iscoroutinefunction(self._handle):
                reply: Message | None = await self._handle(message.data, headers)
                return reply
            handle = cast("BlockingHandler", self._handle)
            return await self._threads.run(handle, message.data, headers)

    async def _refuse(self, message: Msg, error: Exception) -> None:
        deliveries = message.metadata.num_delivered
        if is_transient(error):
            delay = error.delay if isinstance(error, TransientError) else None
            log.warning("command.retrying", consumer=self._durable, error=repr(error))
            await message.nak(delay or pause_after(deliveries, base=1.0, longest=LONGEST_DELAY))
            metrics.COMMANDS.labels(self._durable, "retried").inc()
            return
        await park(
            self._bus,
            self._durable,
            f"{type(error).__name__}: {error}",
            key=f"{message.metadata.stream}:{message.metadata.sequence.stream}",
            subject=message.subject,
            headers=message.headers,
            body=message.data,
        )
        await message.term()
        metrics.COMMANDS.labels(self._durable, "parked").inc()

    async def _reply(self, reply: Message) -> None:
        subject = reply.subject
        fits = _REPLY.fullmatch(subject) and len(subject.encode()) <= _LONGEST_REPLY
        if not fits or size_of(reply) > MAX_MESSAGE_BYTES:
            log.warning("command.reply_refused", consumer=self._durable, subject=subject[:100])
            return
        await self._bus.nc.publish(reply.subject, reply.body, headers=reply.headers)

    @asynccontextmanager
    async def _kept_alive(self, messages: Sequence[Msg]) -> AsyncIterator[None]:
        task = asyncio.create_task(self._beat(messages))
        try:
            yield
        finally:
            task.cancel()

    async def _beat(self, messages: Sequence[Msg]) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            for message in messages:
                with suppress(nats.errors.Error):
                    await message.in_progress()


def _senders(deliveries: Sequence[Delivery]) -> list[str | None]:
    return [headers.get("traceparent") for _, headers in deliveries]
