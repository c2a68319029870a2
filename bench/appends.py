"""(a) Appending one event per transaction, from eight writers."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import ClassVar

import sqlalchemy as sa
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import (
    PostgresAggregateRecorder,
    PostgresApplicationRecorder,
    PostgresDatastore,
)

from bench import servers
from bench.table import Better, Line, Row, interleaved
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import DefinitionCreated
from kpi_contracts.envelope import Actor
from kpi_eventsourcing.aggregate import Aggregate
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.schema import create_tables_v1
from kpi_eventsourcing.unit_of_work import UnitOfWork
from kpi_service.database import make_engine

WRITERS = 8
SECONDS = 3.0
ROUNDS = 4

NOTE = (
    "Ours is the whole unit of work: the event's schema dumped, the version checked, stored, "
    "committed, the relay notified. The peers are the bare recorders of the library "
    "`eventsourcing`, which get JSON bytes. Its application recorder keeps an order that can be "
    "followed without gaps, as our outbox does, by locking the table; its aggregate recorder "
    "keeps none."
)
EVENT = DefinitionCreated(
    name="Products of RBP GPU which are not in OPS Excel",
    alias_name="rbp-not-in-ops",
    group_name="Reconciliation",
    description="Planned products that the operations workbook does not know",
    nl_definition="Show me all products in RBP GPU which are not in OPS Excel",
)
CONTEXT = Context.by(Actor("bench", "user"))


class Definition(Aggregate):
    """An aggregate that remembers nothing: the write path is what is measured."""

    name: ClassVar[str] = "definition"

    def apply(self, event: DomainEvent) -> None:
        """Fold an event."""
        del event


def run(directory: Path) -> Row:
    """Measure our unit of work and two recorders of `eventsourcing` on the same server."""
    with servers.postgres(directory) as databases:
        ours = make_engine(databases.create(), name="bench", pool_size=WRITERS)
        with ours.begin() as connection:
            create_tables_v1(connection)
        datastore = _datastore(databases.create())
        outbox = PostgresApplicationRecorder(datastore, events_table_name="application_events")
        plain = PostgresAggregateRecorder(datastore, events_table_name="aggregate_events")
        outbox.create_table()
        plain.create_table()
        try:
            mine, ordered, unordered = interleaved(
                ROUNDS,
                partial(_rate, partial(append_ours, ours)),
                partial(_rate, partial(_append_theirs, outbox)),
                partial(_rate, partial(_append_theirs, plain)),
            )
        finally:
            datastore.close()
            ours.dispose()
    return Row(
        f"Appends by {WRITERS} writers, one event and one synced commit each",
        [
            Line(
                measured="beside PostgresApplicationRecorder",
                unit="events/s",
                ours=mine,
                peer=ordered,
                aim_ratio=1.0,
                better=Better.HIGHER,
            ),
            Line(
                measured="beside PostgresAggregateRecorder",
                unit="events/s",
                ours=mine,
                peer=unordered,
                better=Better.HIGHER,
            ),
        ],
        [NOTE],
    )


def append_ours(engine: sa.Engine) -> None:
    """Append one event to a new stream and commit."""
    with UnitOfWork(engine) as uow:
        uow.append(Definition(str(uuid.uuid4())), [EVENT], CONTEXT)
        uow.commit()


def _append_theirs(recorder: PostgresAggregateRecorder) -> None:
    state = json.dumps(asdict(EVENT)).encode()
    recorder.insert_events([StoredEvent(uuid.uuid4(), 1, "definition.created:v1", state)])


def _rate(append: Callable[[], None]) -> float:
    """Return appends per second of all writers together."""
    counts = [0] * WRITERS
    start, over = threading.Barrier(WRITERS + 1), threading.Event()

    def write(number: int) -> None:
        append()  # connect and prepare before the clock starts
        start.wait()
        while not over.is_set():
            append()
            counts[number] += 1

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    start.wait()
    began = time.perf_counter()
    over.wait(SECONDS)
    over.set()
    for writer in writers:
        writer.join()
    return sum(counts) / (time.perf_counter() - began)


def _datastore(url: str) -> PostgresDatastore:
    parts = sa.make_url(url)
    return PostgresDatastore(
        dbname=str(parts.database),
        host=str(parts.host),
        port=int(parts.port or 0),
        user=str(parts.username),
        password=str(parts.password),
        pool_size=WRITERS,
    )
