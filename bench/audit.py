"""(f) Events from the stream into the audit log's hash chain, and the chain verified."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from bench import servers
from bench.appends import CONTEXT, EVENT
from bench.table import Better, Line, Row, Samples
from kpi_audit import log
from kpi_audit.bootstrap import BATCH, PACKAGE
from kpi_audit.ingest import CONSUMER, take_in
from kpi_audit.signing import SigningKey, TrustedKeys
from kpi_audit.verification import verify_log
from kpi_bus.batch import ProjectMany
from kpi_bus.connection import Bus, connect
from kpi_bus.projection import ProjectionLoop
from kpi_bus.topology import declare
from kpi_contracts.envelope import Envelope, to_record
from kpi_contracts.ids import uuid7
from kpi_contracts.messages import encode
from kpi_contracts.subjects import EVENTS
from kpi_eventsourcing.inbox import Delivered
from kpi_eventsourcing.schema import TIMESTAMP
from kpi_eventsourcing.store import record_row
from kpi_service.database import make_engine, migrate

COUNT = 10_000
ROUNDS = 3
WINDOW = 256
PLAIN = "bench-plain"
NOTE = (
    "Taking in: the stream is full, the consumer starts at its beginning. The peer is the same "
    "consumer that only inserts the event: no chain, no history. Verifying: every hash is computed "
    "anew from the stored columns; the peer reads the same rows and computes nothing."
)

plain_log = sa.Table(
    "plain_log",
    sa.MetaData(),
    *(
        sa.Column(column.name, column.type, primary_key=column.name == "id")
        for column in log.audit_log.columns
        if column.name in {"id", "type", "aggregate", "aggregate_id", "version", "actor", "data"}
    ),
    sa.Column("time", TIMESTAMP),
)


def run(directory: Path) -> Row:
    """Fill a stream, then take it in and verify it, each time in a fresh database."""
    keys = directory / "keys"
    SigningKey.load_or_create(keys)
    with servers.postgres(directory) as databases, servers.nats(directory) as nats:
        template = databases.template("audit", _migrate)
        urls = [databases.create(template) for _ in range(ROUNDS)]
        chained, plain = asyncio.run(_taken_in(nats.url, urls))
        verified, read = [], []
        for url in urls:
            engine = make_engine(url, name="bench", statement_timeout=60)
            verified.append(_verified(engine, TrustedKeys(keys)))
            read.append(_read(engine))
            engine.dispose()
    return Row(
        f"Audit of {COUNT:,} events",
        [
            Line(
                measured="taken in",
                unit="events/s",
                ours=Samples.of(chained),
                peer=Samples.of(plain),
                better=Better.HIGHER,
            ),
            Line(
                measured="verified",
                unit="events/s",
                ours=Samples.of(verified),
                peer=Samples.of(read),
                better=Better.HIGHER,
            ),
        ],
        [NOTE],
    )


def _migrate(url: str) -> None:
    migrate(url, PACKAGE)


async def _taken_in(nats_url: str, urls: Sequence[str]) -> tuple[list[float], list[float]]:
    bus = await connect(nats_url, name="bench", on_closed=lambda: os._exit(1))
    try:
        await declare(bus.js)
        await _fill(bus)
        chained, plain = [], []
        for url in urls:
            engine = make_engine(url, name="bench")
            plain_log.create(engine)
            chained.append(await _rate(bus, engine, CONSUMER, take_in))
            plain.append(await _rate(bus, engine, PLAIN, _insert))
            engine.dispose()
        return chained, plain
    finally:
        await bus.close()


async def _fill(bus: Bus) -> None:
    window = asyncio.Semaphore(WINDOW)

    async def publish() -> None:
        async with window:
            await bus.publish(encode(to_record(_envelope())))

    async with asyncio.TaskGroup() as group:
        for _ in range(COUNT):
            group.create_task(publish())


async def _rate(bus: Bus, engine: sa.Engine, consumer: str, project: ProjectMany) -> float:
    """Take the whole stream in and return how many events per second that was."""
    stop = asyncio.Event()
    loop = ProjectionLoop(
        bus, engine, consumer=consumer, subjects=[EVENTS], project_many=project, batch=BATCH
    )
    began = time.perf_counter()
    running = asyncio.create_task(loop.run(stop))
    complete = await loop.caught_up(COUNT, timeout=60)
    seconds = time.perf_counter() - began
    stop.set()
    await running
    if not complete:
        raise RuntimeError(f"{consumer} came to {loop.position} only")
    return COUNT / seconds


def _insert(connection: sa.Connection, events: Sequence[Delivered]) -> None:
    rows = [record_row(event.record) for event in events]
    connection.execute(
        sa.insert(plain_log),
        [{column.name: row[column.name] for column in plain_log.columns} for row in rows],
    )


def _verified(engine: sa.Engine, keys: TrustedKeys) -> float:
    with engine.connect() as connection:
        verification = verify_log(connection, keys.is_genuine)
    if not verification.verdict.valid or verification.verdict.entries != COUNT:
        raise RuntimeError(f"the chain does not verify: {verification.verdict}")
    return COUNT / verification.seconds


def _read(engine: sa.Engine) -> float:
    began = time.perf_counter()
    with engine.connect() as connection:
        count = sum(len(page) for page in log.entries(connection))
    return count / (time.perf_counter() - began)


def _envelope() -> Envelope:
    return Envelope(
        id=uuid7(),
        aggregate="definition",
        aggregate_id=str(uuid.uuid4().int % 10**15),
        version=1,
        time=CONTEXT.time,
        actor=CONTEXT.actor,
        correlation_id=CONTEXT.correlation_id,
        data=EVENT,
    )
