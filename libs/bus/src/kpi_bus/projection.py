"""Events of the stream projected into a database, each exactly once, in order.

The position lives in the database, beside the effect. The server's consumer is only a reader that
starts behind it and may be thrown away at any time: no acknowledgement can be lost or come late.
Whatever looks wrong (a gap, a reconnect, a stream made anew) is cured by reading again from there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog
from nats.js.errors import NotFoundError

from kpi_bus import metrics
from kpi_bus.batch import (
    Batch,
    Contested,
    Delivery,
    FirstAt,
    Poison,
    Project,
    ProjectMany,
)
from kpi_bus.connection import Bus
from kpi_bus.errors import is_transient
from kpi_bus.parking import park
from kpi_bus.reader import ReaderLost, StreamReader
from kpi_bus.stopping import Backoff, pause, unless_stopped
from kpi_bus.threads import Threads
from kpi_contracts.envelope import Envelope, Record, from_record
from kpi_contracts.streams import KPI_EVENTS
from kpi_eventsourcing.inbox import Inbox

BATCH = 200
LONGEST_PAUSE = 1.0
_ID = "Nats-Msg-Id"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """How far a consumer is: stream sequences, and how many matching events lie ahead."""

    seq: int = 0
    last_seq: int = 0
    pending: int | None = None

    @property
    def caught_up(self) -> bool:
        """Whether everything in the stream has been projected."""
        return self.pending == 0


class ProjectionLoop:
    """Projects the events on some subjects for the consumer called `consumer`.

    Either `project(connection, envelope)` or `project_record(connection, record, body)` is
    called for each event, or `project_many(connection, events)` for all new events of a batch, in
    the transaction that also moves the position. An error that a second try may cure (database
    or broker away) is retried for ever; any other repeats the batch event by event, parks what
    fails with its reason and passes on.

    A consumer that keeps the events themselves gives `first_at`, which tells their ids: then an
    event that comes for a version another one has taken is parked, and not just passed over.

    `pace` is the least time in seconds from the begin of one batch to that of the next: what
    comes meanwhile goes into one. An event that comes alone does not wait for others.
    """

    def __init__(
        self,
        bus: Bus,
        engine: sa.Engine,
        *,
        consumer: str,
        subjects: Sequence[str],
        project: Callable[[sa.Connection, Envelope], None] | None = None,
        project_record: Callable[[sa.Connection, Record, bytes], None] | None = None,
        project_many: ProjectMany | None = None,
        first_at: FirstAt | None = None,
        batch: int = BATCH,
        pace: float = 0.0,
        stream: str = KPI_EVENTS.name,
    ) -> None:
        self._bus = bus
        self._engine = engine
        self._consumer = consumer
        self._subjects = tuple(subjects)
        self._project = _projector(project, project_record, project_many)
        self._project_many = project_many
        self._first_at = first_at
        self._batch = batch
        self._pace = pace
        self._stream = stream
        self._inbox = Inbox(consumer)
        self._threads = Threads(consumer)
        self._moved = asyncio.Condition()
        self._last: Delivery | None = None
        self.position = Position()

    async def run(self, stop: asyncio.Event) -> None:
        """Project until `stop` is set; a batch under way is finished first."""
        backoff = Backoff(longest=LONGEST_PAUSE)
        try:
            while not stop.is_set():
                try:
                    await self._follow(stop, backoff)
                except ReaderLost as lost:
                    log.info("projection.reopened", consumer=self._consumer, reason=str(lost))
                    await pause(stop, backoff.next())
                except Exception as error:
                    if not is_transient(error):
                        raise
                    metrics.CONSUMER_RETRIES.labels(self._consumer).inc()
                    log.warning("projection.retrying", consumer=self._consumer, error=repr(error))
                    await pause(stop, backoff.next())
        finally:
            await self._threads.close()

    async def caught_up(self, to_seq: int, timeout: float) -> bool:
        """Wait until a stream sequence is projected; False after `timeout` s.

        `to_seq` must be that of a message on one of the loop's subjects.
        """
        try:
            async with asyncio.timeout(timeout), self._moved:
                await self._moved.wait_for(lambda: self.position.seq >= to_seq)
        except TimeoutError:
            return False
        return True

    async def _follow(self, stop: asyncio.Event, backoff: Backoff) -> None:
        """Read on from the stored position until something makes reading anew necessary."""
        info = await self._bus.js.stream_info(self._stream)
        if info.created is None:
            raise ReaderLost("the server names no creation time of the stream")
        batch = Batch(
            self._engine,
            self._inbox,
            self._consumer,
            info.created,
            self._project,
            self._project_many,
            self._first_at,
        )
        position = await self._threads.run(batch.position)
        if await self._is_cut(position, info.state.last_seq):
            log.warning("projection.stream_cut", consumer=self._consumer, position=position)
            await self._threads.run(batch.start_over)
            position = 0
        async with StreamReader.open(
            self._bus, self._stream, self._subjects, position + 1
        ) as reader:
            await self._moved_to(Position(position, info.state.last_seq, reader.pending))
            while not stop.is_set():
                deliveries = await unless_stopped(stop, reader.read(self._batch))
                began = time.monotonic()
                if deliveries:
                    await self._apply(batch, deliveries)
                    backoff.reset()
                    self._last = deliveries[-1]
                    position = self._last.seq
                last_seq = max(self.position.last_seq, position)
                await self._moved_to(Position(position, last_seq, reader.pending))
                if (left := began + self._pace - time.monotonic()) > 0:
                    await pause(stop, left)

    async def _is_cut(self, position: int, last_seq: int) -> bool:
        """Whether the stream has lost its end and, maybe, put other messages in its place.

        That happens to one whose server came back with an older copy of its files.
        """
        if position > last_seq:
            return True
        if self._last is None or self._last.seq != position:
            return False
        try:
            found = await self._bus.js.get_msg(self._stream, position)
        except NotFoundError:
            return True
        return (found.headers or {}).get(_ID) != self._last.message.headers.get(_ID)

    async def _apply(self, batch: Batch, deliveries: Sequence[Delivery]) -> None:
        with metrics.PROJECT_SECONDS.labels(self._consumer).time():
            try:
                count = await self._threads.run(batch.apply, deliveries)
            except Exception as error:
                if is_transient(error):
                    raise
                count = 0
                for delivery in deliveries:
                    count += await self._apply_alone(batch, delivery)
        metrics.PROJECTED.labels(self._consumer).inc(count)

    async def _apply_alone(self, batch: Batch, delivery: Delivery) -> int:
        """Apply one delivery, parking what cannot be projected.

        It may bring along events that were held for it, so several may have to be parked. The
        notice goes out before the commit and under an id of its own: told twice, stored once.
        """
        parked: dict[Any, str] = {}
        while True:
            try:
                return await self._threads.run(batch.apply, [delivery], parked)
            except Poison as poison:
                if poison.key in parked:
                    raise
                parked[poison.key] = poison.reason
                await self._tell_parked(poison)

    async def _tell_parked(self, poison: Poison) -> None:
        if isinstance(poison, Contested):
            metrics.CONTESTED.labels(self._consumer).inc()
        await park(
            self._bus,
            self._consumer,
            poison.reason,
            key=str(poison.key),
            subject=poison.message.subject,
            headers=poison.message.headers,
            body=poison.message.body,
        )

    async def _moved_to(self, position: Position) -> None:
        async with self._moved:
            self.position = position
            self._moved.notify_all()
        metrics.CONSUMER_POSITION.labels(self._consumer).set(position.seq)
        metrics.CONSUMER_LAG.labels(self._consumer).set(position.pending or 0)


def _projector(
    project: Callable[[sa.Connection, Envelope], None] | None,
    project_record: Callable[[sa.Connection, Record, bytes], None] | None,
    project_many: ProjectMany | None,
) -> Project:
    match project, project_record, project_many:
        case Callable() as each, None, None:
            return lambda connection, event, _body: each(connection, from_record(event.record))
        case None, Callable() as raw, None:
            return lambda connection, event, body: raw(connection, event.record, body)
        case None, None, Callable() as many:
            return lambda connection, event, _body: many(connection, [event])
    raise ValueError("give one of project, project_record and project_many")
