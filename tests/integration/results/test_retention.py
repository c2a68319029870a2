"""Which results retention gives up, by age, count and bytes, of settings and of KPIs' own rules."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from alembic import command

from kpi_contracts.envelope import Actor
from kpi_contracts.execution import Manifest, Part
from kpi_contracts.retention import RetentionSet
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.rebuild import Rebuild
from kpi_eventsourcing.store import EventStore
from kpi_eventsourcing.unit_of_work import UnitOfWork, each
from kpi_results import rules, shelf
from kpi_results.bootstrap import PACKAGE
from kpi_results.commands import SetRetention
from kpi_results.handlers import make_dispatcher
from kpi_results.keeping import Retention
from kpi_results.result import Result
from kpi_results.rules import Limits
from kpi_results.settings import Keeping
from kpi_results.shelf import results
from kpi_service.database import alembic_config, make_engine, migrate
from kpi_testkit.servers import Databases

ANN = Actor("ann", "user")


class Shelf:
    """Puts results on the shelf and asks retention what it gives up."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.dispatch: Dispatcher = make_dispatcher(engine)
        self._ids = count(1)

    def store(self, kpi_id: int | None, *, size: int = 100, days_ago: float = 0.0) -> int:
        """Store a result of `size` bytes; return its execution's id."""
        execution_id = next(self._ids)
        manifest = Manifest((Part(f"executions/{execution_id}/p", 1, size, "0" * 64),), 1, size, ())
        context = Context(
            actor=ANN,
            correlation_id=Context.by(ANN).correlation_id,
            time=datetime.now(UTC) - timedelta(days=days_ago),
        )
        with UnitOfWork(self.engine, [each(shelf.project)]) as uow:
            result = uow.load(Result, execution_id)
            uow.append(result, result.store(kpi_id, manifest), context)
            uow.commit()
        return execution_id

    def rule(self, kpi_id: int, **limits: float) -> None:
        self.dispatch(SetRetention(kpi_id, Limits(**limits)), Context.by(ANN))  # type: ignore[arg-type]

    def given_up(self, keeping: Keeping) -> dict[int, str]:
        """Return what expires, and why."""
        retention = Retention(self.engine, self.dispatch, keeping)
        assert not retention.expire()
        query = sa.select(results.c.execution_id, results.c.expired_reason)
        with self.engine.connect() as connection:
            gone = connection.execute(query.where(results.c.expired_at.is_not(None)))
            return {row.execution_id: row.expired_reason for row in gone}


def _migrated(url: str) -> None:
    migrate(url, PACKAGE)


@pytest.fixture
def shelves(databases: Databases) -> Iterator[Shelf]:
    url = databases.create(databases.template("results", _migrated))
    engine = make_engine(url, name="tests", pool_size=2)
    yield Shelf(engine)
    engine.dispose()
    databases.drop(url)


def test_nothing_is_given_up_unasked(shelves: Shelf) -> None:
    shelves.store(1, size=10**12, days_ago=10_000)
    assert shelves.given_up(Keeping()) == {}


def test_results_older_than_the_setting_go(shelves: Shelf) -> None:
    old = [shelves.store(kpi_id, days_ago=31) for kpi_id in (1, None)]
    shelves.store(1, days_ago=29)
    assert shelves.given_up(Keeping(age=timedelta(days=30))) == dict.fromkeys(old, "age")


def test_a_kpis_days_go_before_the_setting_both_ways(shelves: Shelf) -> None:
    shelves.rule(1, days=100)
    shelves.rule(2, days=7)
    shelves.store(1, days_ago=31)
    short, of_nobody = shelves.store(2, days_ago=8), shelves.store(3, days_ago=31)
    given_up = shelves.given_up(Keeping(age=timedelta(days=30)))
    assert given_up == {short: "age", of_nobody: "age"}


def test_beyond_the_bytes_of_the_setting_the_oldest_go_whosever_they_are(shelves: Shelf) -> None:
    oldest, older = shelves.store(1), shelves.store(None, size=350)
    shelves.store(2, size=200)
    shelves.store(1, size=300)
    assert shelves.given_up(Keeping(bytes=500)) == {oldest: "bytes", older: "bytes"}


def test_what_a_limit_allows_exactly_is_kept(shelves: Shelf) -> None:
    shelves.rule(1, bytes=300)
    for _ in range(3):
        shelves.store(1)
    assert shelves.given_up(Keeping(bytes=300, runs=3)) == {}


def test_a_kpis_bytes_are_of_its_own_results(shelves: Shelf) -> None:
    shelves.rule(1, bytes=250)
    oldest = shelves.store(1)
    for kpi_id in (2, 1, 2, 1):
        shelves.store(kpi_id)
    assert shelves.given_up(Keeping()) == {oldest: "bytes"}


def test_a_kpis_runs_go_before_the_setting(shelves: Shelf) -> None:
    shelves.rule(1, runs=1)
    first, of_other = shelves.store(1), shelves.store(2)
    for kpi_id in (1, 2, 2):
        shelves.store(kpi_id)
    assert shelves.given_up(Keeping(runs=2)) == {first: "count", of_other: "count"}


def test_rules_from_before_they_were_events_are_put_on_record(databases: Databases) -> None:
    url = databases.create()
    engine = make_engine(url, name="tests", pool_size=2)
    at = datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=UTC)
    row = {"kpi_id": 7, "runs": 30, "days": 1.5, "changed_at": at, "changed_by": "ed"}
    with engine.begin() as connection:
        config = alembic_config(PACKAGE)
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(sa.text("ALTER TABLE kpi_retention DROP COLUMN bytes"))  # as it was
        before = sa.table("kpi_retention", *(sa.column(name) for name in row))
        connection.execute(sa.insert(before).values(row))

    migrate(url, PACKAGE)

    with engine.connect() as connection:
        kept = rules.get_rule(connection, 7)
        (event,) = EventStore(connection).load("retention", "7")
        rebuild = Rebuild(engine, rules.TABLES, rules.project)
        rebuild.run(EventStore(connection).replay())
    assert kept is not None
    assert dict(kept) == {**row, "bytes": None}
    assert event.data == RetentionSet(kpi_id=7, runs=30, days=1.5, bytes=None)
    assert (event.actor, event.time) == (Actor("ed", "user"), at)
    rebuild.verify()
    engine.dispose()
    databases.drop(url)
