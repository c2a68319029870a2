"""What a stream has lost, found by comparing it with the event table.

The stream is transport: it may have been deleted, or a crash may have cut off its tail. The
newest event that the relay has marked as published is the witness: if the stream does not hold
it as the last message of its subject, events are missing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import sqlalchemy as sa
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from kpi_bus.connection import Bus
from kpi_contracts.envelope import Record
from kpi_contracts.subjects import events_of, subject_of
from kpi_eventsourcing.outbox import START, Cursor, Entry, Outbox
from kpi_eventsourcing.schema import events, parked
from kpi_eventsourcing.store import row_record

_BATCH = 1000
_FETCH_TIMEOUT = 5.0


class Comparison:
    """The event table of one service beside the stream. Reading the table blocks."""

    def __init__(self, engine: sa.Engine, outbox: Outbox, bus: Bus, stream: str, name: str) -> None:
        self._engine = engine
        self._outbox = outbox
        self._bus = bus
        self._stream = stream
        self._name = name

    def witness(self) -> Record | None:
        """Return the newest event that was marked as published, but for parked ones."""
        cursor = self._outbox.cursor()
        is_parked = sa.exists().where(
            parked.c.consumer == self._name,
            parked.c.headers["ce-id"].as_string() == sa.cast(events.c.id, sa.Text),
        )
        query = (
            sa.select(events)
            .where(sa.text("(events.tx, events.position) <= (CAST(:tx AS xid8), :position)"))
            .where(~is_parked)
            .order_by(events.c.tx.desc(), events.c.position.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            values = {"tx": str(cursor.tx), "position": cursor.position}
            row = connection.execute(query, values).one_or_none()
        return row_record(row) if row is not None else None

    async def holds(self, record: Record) -> bool:
        """Whether the stream's last message on the event's subject is this event."""
        try:
            message = await self._bus.js.get_last_msg(self._stream, subject_of(record))
        except NotFoundError:
            return False
        return (message.headers or {}).get("Nats-Msg-Id") == str(record.id)

    async def holds_at(self, seq: int, record: Record) -> bool:
        """Whether the stream's message at a sequence is this event."""
        try:
            message = await self._bus.js.get_msg(self._stream, seq)
        except NotFoundError:
            return False
        return (message.headers or {}).get("Nats-Msg-Id") == str(record.id)

    def aggregates(self) -> list[str]:
        """Return the kinds of aggregates whose events this service owns."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(events.c.aggregate).distinct()))

    def published(self, end: Cursor) -> Iterator[list[Entry]]:
        """Yield every event up to `end`, in commit order, batch by batch."""
        after: Cursor = START
        while entries := self._outbox.pending(_BATCH, after):
            after = entries[-1].cursor
            wanted = [entry for entry in entries if entry.cursor <= end]
            if wanted:
                yield wanted
            if len(wanted) < len(entries):
                return

    async def ids_in_stream(self, aggregates: list[str]) -> set[str]:
        """Return the ids of all events of these aggregates that the stream holds."""
        ids: set[str] = set()
        if aggregates:
            async for batch in self._headers([events_of(name) for name in aggregates]):
                ids.update(batch)
        return ids

    async def _headers(self, subjects: list[str]) -> AsyncIterator[list[str]]:
        js = self._bus.js
        consumer = await js.add_consumer(
            self._stream,
            ConsumerConfig(
                ack_policy=AckPolicy.NONE,
                filter_subjects=subjects,
                headers_only=True,
                mem_storage=True,
                inactive_threshold=30.0,
            ),
        )
        left = consumer.num_pending or 0
        subscription = await js.pull_subscribe_bind(consumer=consumer.name, stream=self._stream)
        try:
            while left > 0:
                messages = await subscription.fetch(min(_BATCH, left), timeout=_FETCH_TIMEOUT)
                left -= len(messages)
                yield [(message.headers or {}).get("Nats-Msg-Id", "") for message in messages]
        except NatsTimeout:
            # Fewer than promised: what is missing here is published again, which is harmless.
            return
        finally:
            await subscription.unsubscribe()
