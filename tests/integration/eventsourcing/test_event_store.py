"""The event store and the unit of work on a real Postgres."""

import pytest
import sqlalchemy as sa

from kpi_eventsourcing.errors import ConcurrencyConflict, RebuildMismatch
from kpi_eventsourcing.rebuild import Rebuild
from kpi_eventsourcing.schema import events
from kpi_eventsourcing.store import EventStore
from kpi_eventsourcing.unit_of_work import UnitOfWork
from tests.integration.eventsourcing.counter import (
    SOMEBODY,
    Switch,
    project_tally,
    tables,
    tally,
)


def flip(engine: sa.Engine, aggregate_id: str) -> None:
    with UnitOfWork(engine, [project_tally]) as uow:
        switch = uow.load(Switch, aggregate_id)
        uow.append(switch, switch.flip(), SOMEBODY)
        uow.commit()


@pytest.fixture
def store(engine: sa.Engine) -> sa.Engine:
    with engine.begin() as connection:
        tables.create_all(connection)
    return engine


def test_an_aggregate_comes_back_as_it_was_saved(store: sa.Engine) -> None:
    for _ in range(3):
        flip(store, "7")
    with UnitOfWork(store) as uow:
        switch = uow.load(Switch, 7)
    assert (switch.version, switch.deleted) == (3, True)


def test_nothing_is_kept_without_a_commit(store: sa.Engine) -> None:
    with UnitOfWork(store, [project_tally]) as uow:
        switch = uow.load(Switch, "7")
        uow.append(switch, switch.flip(), SOMEBODY)
    with store.connect() as connection:
        assert EventStore(connection).load("definition", "7") == []
        assert connection.execute(sa.select(tally)).all() == []


def test_the_second_of_two_writers_is_refused(store: sa.Engine) -> None:
    with UnitOfWork(store) as slow:
        stale = slow.load(Switch, "7")
        flip(store, "7")
        with pytest.raises(ConcurrencyConflict) as conflict:
            slow.append(stale, stale.flip(), SOMEBODY)
    assert conflict.value.expected_version == 0


def test_a_version_gap_is_refused(store: sa.Engine) -> None:
    with UnitOfWork(store) as uow:
        switch = Switch("7")
        switch.version = 5
        with pytest.raises(ConcurrencyConflict):
            uow.append(switch, switch.flip(), SOMEBODY)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE events SET version = 9", "DELETE FROM events", "TRUNCATE events"],
)
def test_the_event_table_refuses_changes(store: sa.Engine, statement: str) -> None:
    flip(store, "7")
    with (
        store.begin() as connection,
        pytest.raises(sa.exc.IntegrityError, match="append-only"),
    ):
        connection.execute(sa.text(statement))
    with store.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar() == 1


def test_a_projection_equals_its_rebuild_and_a_forged_one_does_not(store: sa.Engine) -> None:
    for aggregate_id in ("7", "8", "7"):
        flip(store, aggregate_id)
    rebuild = Rebuild(store, [tally], project_tally)
    with store.connect() as connection:
        assert rebuild.run(EventStore(connection).replay()) == 3
    rebuild.verify()
    with store.begin() as connection:
        connection.execute(sa.update(tally).values(switches=99))
    with pytest.raises(RebuildMismatch):
        rebuild.verify()
    rebuild.swap()
    with store.connect() as connection:
        rows = connection.execute(sa.select(tally).order_by(tally.c.aggregate_id)).all()
    assert [tuple(row) for row in rows] == [("7", 2), ("8", 1)]
