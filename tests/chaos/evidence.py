"""Where events lie: in the services' tables, in the stream and in the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from kpi_audit.log import audit_log
from kpi_bus.connection import connect
from kpi_bus.reader import StreamReader
from kpi_contracts.envelope import Envelope
from kpi_contracts.messages import decode
from kpi_contracts.streams import KPI_EVENTS
from kpi_eventsourcing.schema import events
from kpi_eventsourcing.store import EventStore


@dataclass(frozen=True, slots=True)
class Event:
    """What identifies an event wherever it lies."""

    id: UUID
    aggregate: str
    aggregate_id: str
    version: int
    type: str

    @property
    def key(self) -> tuple[str, str]:
        """The aggregate that the event belongs to."""
        return self.aggregate, self.aggregate_id

    @property
    def verb(self) -> str:
        """What happened, e.g. `succeeded`."""
        return self.type.split(".")[-2]


def stored(engine: sa.Engine) -> list[Event]:
    """Return the events of one service in commit order."""
    return _read(engine, events, events.c.tx, events.c.position)


def logged(engine: sa.Engine) -> list[Event]:
    """Return the events of the audit log in the order of the chain."""
    return _read(engine, audit_log, audit_log.c.seq)


def streamed(nats_url: str) -> list[Event]:
    """Return the events of the stream in its order."""
    return asyncio.run(_streamed(nats_url))


def envelopes(engine: sa.Engine) -> Iterator[Envelope]:
    """Yield what one service has committed, first to last."""
    with engine.connect() as connection:
        yield from EventStore(connection).replay()


def out_of_order(found: Iterable[Event]) -> list[Event]:
    """Return events that stand before an earlier one of their aggregate, or behind a gap.

    A repetition is no disorder: a stream may hold an event twice, consumers take it in once.
    """
    last: dict[tuple[str, str], int] = {}
    wrong = []
    for event in found:
        seen = last.get(event.key, 0)
        if event.version > seen + 1:
            wrong.append(event)
        last[event.key] = max(seen, event.version)
    return wrong


def repeated(found: Sequence[Event]) -> list[Event]:
    """Return what occurs a second time."""
    seen: set[UUID] = set()
    return [event for event in found if event.id in seen or seen.add(event.id)]  # type: ignore[func-returns-value]


def _read(engine: sa.Engine, table: sa.Table, *order: sa.Column[object]) -> list[Event]:
    columns = table.c.id, table.c.aggregate, table.c.aggregate_id, table.c.version, table.c.type
    with engine.connect() as connection:
        return [Event(*row) for row in connection.execute(sa.select(*columns).order_by(*order))]


async def _streamed(nats_url: str) -> list[Event]:
    bus = await connect(nats_url, name="evidence", on_closed=lambda: None)
    found: list[Event] = []
    try:
        async with StreamReader.open(bus, KPI_EVENTS.name, KPI_EVENTS.subjects, 1) as reader:
            while reader.pending:
                for delivery in await reader.read(500):
                    record = decode(delivery.message.headers, delivery.message.body)
                    key = record.aggregate, record.aggregate_id
                    found.append(Event(record.id, *key, record.version, record.type))
    finally:
        await bus.close()
    return found
