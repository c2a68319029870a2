"""Reading a stream in order from a sequence on, without acknowledgements."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy
from nats.js.errors import APIError

from kpi_bus.batch import Delivery
from kpi_bus.connection import Bus
from kpi_bus.errors import BusError
from kpi_bus.stopping import unless_stopped
from kpi_contracts.messages import Message

FETCH_TIMEOUT = 2.0  # also for the look whether the consumer lives: it dies with its server
_FORGOTTEN_AFTER = 60.0


class ReaderLost(BusError):
    """What comes next from this reader might not be what follows: open another one."""


class StreamReader:
    """An ephemeral pull consumer. `pending` is how many matching messages lie ahead."""

    def __init__(
        self, bus: Bus, consumer: ConsumerInfo, subscription: JetStreamContext.PullSubscription
    ) -> None:
        self._bus = bus
        self._subscription = subscription
        self._interrupted = bus.interrupted
        self._consumer_seq = 0
        self.pending = consumer.num_pending or 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls, bus: Bus, stream: str, subjects: Sequence[str], start: int
    ) -> AsyncIterator[StreamReader]:
        """Start at the stream sequence `start`; raises nats.errors.Error without a server."""
        consumer = await bus.js.add_consumer(
            stream,
            ConsumerConfig(
                ack_policy=AckPolicy.NONE,
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=start,
                filter_subjects=list(subjects),
                mem_storage=True,
                num_replicas=1,
                inactive_threshold=_FORGOTTEN_AFTER,
            ),
        )
        subscription = await bus.js.pull_subscribe_bind(consumer=consumer.name, stream=stream)
        try:
            yield cls(bus, consumer, subscription)
        finally:
            with suppress(nats.errors.Error, TimeoutError):
                await subscription.unsubscribe()
                await bus.js.delete_consumer(stream, consumer.name)

    async def read(self, limit: int) -> list[Delivery]:
        """Return the next messages, an empty list if none came within 2 s.

        Raises:
            ReaderLost: messages may have been lost on the way.
            nats.errors.Error: the server does not answer.

        """
        fetch = self._subscription.fetch(limit, timeout=FETCH_TIMEOUT)
        try:
            messages = await unless_stopped(self._interrupted, fetch) or []
        except TimeoutError:
            messages = []
        except APIError as error:
            raise ReaderLost(str(error)) from error
        if self._interrupted.is_set():
            raise ReaderLost("the connection was lost")
        if not messages:
            await self._check_idle()
        return [self._in_order(message) for message in messages]

    def _in_order(self, message: Msg) -> Delivery:
        place = message.metadata
        self._consumer_seq += 1
        if place.sequence.consumer != self._consumer_seq:
            raise ReaderLost(f"delivery {self._consumer_seq} did not arrive")
        self.pending = place.num_pending
        return Delivery(
            place.sequence.stream,
            Message(message.subject, dict(message.headers or {}), message.data),
        )

    async def _check_idle(self) -> None:
        try:
            async with asyncio.timeout(FETCH_TIMEOUT):
                info = await self._subscription.consumer_info()
        except APIError as error:
            raise ReaderLost(str(error)) from error
        delivered = info.delivered.consumer_seq if info.delivered else 0
        if delivered != self._consumer_seq:
            raise ReaderLost(f"{delivered - self._consumer_seq} deliveries did not arrive")
        self.pending = info.num_pending or 0
