"""Bringing events into the log through the bus."""

import asyncio
from collections.abc import Sequence

import sqlalchemy as sa

from kpi_audit.bootstrap import BATCH
from kpi_audit.ingest import CONSUMER, take_in
from kpi_audit.log import audit_log, first_at
from kpi_bus.connection import Bus
from kpi_bus.projection import ProjectionLoop
from kpi_contracts.envelope import Record
from kpi_contracts.messages import Message, encode
from kpi_contracts.streams import KPI_EVENTS
from kpi_contracts.subjects import EVENTS
from tests.integration.bus.harness import bus_to, running, within_time

WINDOW = 256


def audit_loop(bus: Bus, engine: sa.Engine) -> ProjectionLoop:
    return ProjectionLoop(
        bus,
        engine,
        consumer=CONSUMER,
        subjects=[EVENTS],
        project_many=take_in,
        first_at=first_at,
        batch=BATCH,
    )


def ingest(nats_url: str, engine: sa.Engine, records: Sequence[Record]) -> None:
    """Publish some events and wait until the log has taken in all that the stream holds."""
    within_time(_ingest(nats_url, engine, [encode(record) for record in records]))


def ingest_messages(nats_url: str, engine: sa.Engine, messages: Sequence[Message]) -> None:
    within_time(_ingest(nats_url, engine, messages))


def publish(nats_url: str, records: Sequence[Record]) -> None:
    async def scenario() -> None:
        async with bus_to(nats_url) as bus:
            await publish_all(bus, [encode(record) for record in records])

    within_time(scenario())


async def publish_all(bus: Bus, messages: Sequence[Message]) -> None:
    """Publish in order, some at a time."""
    for start in range(0, len(messages), WINDOW):
        window = messages[start : start + WINDOW]
        await asyncio.gather(*(bus.publish(message) for message in window))


async def _ingest(nats_url: str, engine: sa.Engine, messages: Sequence[Message]) -> None:
    async with bus_to(nats_url) as bus:
        await publish_all(bus, messages)
        last = (await bus.js.stream_info(KPI_EVENTS.name)).state.last_seq
        loop = audit_loop(bus, engine)
        async with running(loop.run):
            assert await loop.caught_up(last, 60)


def kept(engine: sa.Engine) -> list[str]:
    """Return the ids of the events in the log, in its order."""
    with engine.connect() as connection:
        ids = connection.scalars(sa.select(audit_log.c.id).order_by(audit_log.c.seq))
        return [str(event_id) for event_id in ids]


def ids_of(records: Sequence[Record]) -> list[str]:
    return [str(record.id) for record in records]
