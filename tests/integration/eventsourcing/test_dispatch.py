"""Commands are decided anew when somebody else was faster."""

import threading

import pytest
import sqlalchemy as sa

from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.unit_of_work import UnitOfWork
from tests.integration.eventsourcing.counter import SOMEBODY, Switch

PATIENCE = 20


class Flip(str):
    """Flip the switch of this id."""


def flip(command: Flip, uow: UnitOfWork, context: Context) -> int:
    switch = uow.load(Switch, str(command))
    uow.append(switch, switch.flip(), context)
    return switch.version


def test_racing_commands_are_all_carried_out(engine: sa.Engine) -> None:
    dispatch = Dispatcher(engine, [], {Flip: flip})
    versions: list[int] = []
    threads = [
        threading.Thread(target=lambda: versions.append(dispatch(Flip("7"), SOMEBODY)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(versions) == [1, 2, 3, 4]


def test_a_command_that_always_loses_gives_up(engine: sa.Engine) -> None:
    tries = []

    def lose(command: Flip, uow: UnitOfWork, context: Context) -> int:
        del uow, context
        tries.append(command)
        raise ConcurrencyConflict("definition", str(command), 1)

    with pytest.raises(ConcurrencyConflict):
        Dispatcher(engine, [], {Flip: lose})(Flip("7"), SOMEBODY)
    assert len(tries) > 1


def test_a_deadlock_is_tried_again(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE place (name text PRIMARY KEY)"))
        connection.execute(sa.text("INSERT INTO place VALUES ('a'), ('b')"))
    barrier = threading.Barrier(2, timeout=PATIENCE)
    met: set[str] = set()

    def lock_both(command: Flip, uow: UnitOfWork, context: Context) -> int:
        del context
        lock = sa.text("SELECT * FROM place WHERE name = :name FOR UPDATE")
        uow.connection.execute(lock, {"name": command[0]})
        if command not in met:
            met.add(command)
            barrier.wait()
        uow.connection.execute(lock, {"name": command[1]})
        return 1

    dispatch = Dispatcher(engine, [], {Flip: lock_both})
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda order=order: done.append(dispatch(Flip(order), SOMEBODY)))
        for order in ("ab", "ba")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert done == [1, 1]


def test_what_must_be_durable_with_the_effect_is_written_before_the_commit(
    engine: sa.Engine,
) -> None:
    def refuse(_connection: sa.Connection, version: int) -> None:
        raise RuntimeError(f"not version {version}")

    with pytest.raises(RuntimeError, match="not version 1"):
        Dispatcher(engine, [], {Flip: flip})(Flip("7"), SOMEBODY, before_commit=refuse)
    with UnitOfWork(engine) as uow:
        assert uow.load(Switch, "7").version == 0
