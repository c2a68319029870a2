"""The event store and the unit of work on a real Postgres."""

import pytest
import sqlalchemy as sa

from kpi_eventsourcing.errors import ConcurrencyConflict, RebuildMismatch
from kpi_eventsourcing.rebuild import Rebuild
from kpi_eventsourcing.schema import events
from kpi_eventsourcing.store import EventStore
from kpi_eventsourcing.unit_of_work import Change, UnitOfWork, each
from tests.integration.eventsourcing.counter import (
    SOMEBODY,
    Switch,
    project_tally,
    tables,
    tally,
)


def flip(engine: sa.Engine, aggregate_id: str) -> None:
    with UnitOfWork(engine, [each(project_tally)]) as uow:
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
    with UnitOfWork(store, [each(project_tally)]) as uow:
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


def test_what_was_decided_for_several_aggregates_is_appended_and_projected_at_once(
    store: sa.Engine,
) -> None:
    flip(store, "8")
    with UnitOfWork(store, [each(project_tally)]) as uow:
        switches = uow.load_all(Switch, ["7", "8", "9"])
        changes = [
            Change(switch, [*switch.flip(), *switch.flip()], SOMEBODY) for switch in switches
        ]
        appended = uow.append_all(changes)
        uow.commit()
    assert [switch.version for switch in switches] == [2, 3, 2]
    assert [(event.aggregate_id, event.version) for event in appended] == [
        ("7", 1),
        ("7", 2),
        ("8", 2),
        ("8", 3),
        ("9", 1),
        ("9", 2),
    ]
    with store.connect() as connection:
        assert [event.id for event in EventStore(connection).replay()][1:] == [
            event.id for event in appended
        ]
        counts = connection.scalars(sa.select(tally.c.switches).order_by(tally.c.aggregate_id))
        assert list(counts) == [2, 3, 2]


def test_one_stale_aggregate_among_several_refuses_all_of_them(store: sa.Engine) -> None:
    with UnitOfWork(store) as slow:
        stale = slow.load_all(Switch, ["7", "8"])
        flip(store, "8")
        with pytest.raises(ConcurrencyConflict):
            slow.append_all([Change(switch, switch.flip(), SOMEBODY) for switch in stale])


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
