"""The event table as an outbox: nothing skipped, nothing twice, whoever writes meanwhile."""

import threading
from collections import Counter

import sqlalchemy as sa

from kpi_eventsourcing.outbox import START, Cursor, Outbox
from kpi_eventsourcing.unit_of_work import UnitOfWork
from tests.integration.eventsourcing.counter import SOMEBODY, Switch

WRITERS = 8
EVENTS_PER_WRITER = 60


def write(engine: sa.Engine, writer: int, slow_every: int) -> None:
    """Append one event a transaction; some transactions stay open a little longer."""
    for number in range(EVENTS_PER_WRITER):
        with UnitOfWork(engine) as uow:
            switch = uow.load(Switch, f"{writer}-{number % 5}")
            uow.append(switch, switch.flip(), SOMEBODY)
            if number % slow_every == 0:
                uow.connection.execute(sa.text("SELECT pg_sleep(0.02)"))
            uow.commit()


def drain(outbox: Outbox, cursor: Cursor) -> tuple[list[str], Cursor]:
    seen = []
    while entries := outbox.pending(limit=7, after=cursor):
        seen += [str(entry.record.id) for entry in entries]
        cursor = entries[-1].cursor
    return seen, cursor


def test_racing_writers_lose_no_event_and_repeat_none(engine: sa.Engine) -> None:
    threads = [
        threading.Thread(target=write, args=(engine, writer, 3 + writer))
        for writer in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    outbox, cursor, seen = Outbox(engine), START, []
    while any(thread.is_alive() for thread in threads):
        read, cursor = drain(outbox, cursor)
        seen += read
    read, cursor = drain(outbox, cursor)
    seen += read
    assert len(seen) == WRITERS * EVENTS_PER_WRITER
    assert Counter(seen).most_common(1)[0][1] == 1


def test_an_open_transaction_holds_back_what_came_after_it(engine: sa.Engine) -> None:
    outbox = Outbox(engine)
    with UnitOfWork(engine) as slow:
        early = slow.load(Switch, "early")
        slow.append(early, early.flip(), SOMEBODY)
        with UnitOfWork(engine) as quick:
            late = quick.load(Switch, "late")
            quick.append(late, late.flip(), SOMEBODY)
            quick.commit()
        assert outbox.pending() == []
        assert outbox.lag().events == 1
        slow.commit()
    assert [entry.record.aggregate_id for entry in outbox.pending()] == ["early", "late"]


def test_the_cursor_survives_and_can_be_rewound(engine: sa.Engine) -> None:
    write(engine, writer=1, slow_every=1000)
    outbox = Outbox(engine)
    half = outbox.pending(limit=30)
    outbox.mark(half[-1].cursor)
    assert len(Outbox(engine).pending()) == EVENTS_PER_WRITER - 30
    outbox.rewind()
    assert len(outbox.pending()) == EVENTS_PER_WRITER
