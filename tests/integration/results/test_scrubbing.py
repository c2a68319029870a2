"""Parts are hashed again after they were found whole: what flips on the disk is found meanwhile."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pyarrow as pa
import pytest
import sqlalchemy as sa
from alembic import command

from kpi_contracts.execution import Manifest, Part
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.unit_of_work import Work
from kpi_results import scrubs
from kpi_results.bootstrap import PACKAGE
from kpi_results.commands import ReportDamage
from kpi_results.handlers import make_dispatcher
from kpi_results.result import Result
from kpi_results.scrubbing import Scrubber
from kpi_results.settings import Scrubbing
from kpi_results.shelf import damaged_parts, results
from kpi_results.taking_in import SERVICE
from kpi_service.database import alembic_config, make_engine, migrate
from kpi_testkit.eventually import eventually
from kpi_testkit.servers import Databases
from tests.integration.results.runs import flip_a_bit
from tests.integration.results.stack import Stack, started
from tests.integration.results.test_drilldown import recorded

TABLE = pa.table({"sku": [f"sku {number}" for number in range(100)]})
ALWAYS = Scrubbing(days=1e-9, rate=1 << 30)
NEVER = Scrubbing(days=0)
EAGER = {"KPI_SCRUB_DAYS": "0.00001"}


@pytest.fixture(scope="module")
def scrubbed(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run a service that hashes everything again every second."""
    with started(databases, tmp_path_factory.mktemp("scrubbed"), EAGER) as stack:
        yield stack


@pytest.fixture(scope="module")
def idle(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run a service that never does so by itself."""
    with started(databases, tmp_path_factory.mktemp("idle"), {"KPI_SCRUB_DAYS": "0"}) as stack:
        yield stack


def scrubber(stack: Stack, scrubbing: Scrubbing = ALWAYS) -> Scrubber:
    url = stack.runs.store.as_uri()
    return Scrubber(stack.engine, make_dispatcher(stack.engine), url, scrubbing)


def checked(stack: Stack, execution_id: int) -> sa.RowMapping | None:
    query = sa.select(scrubs.scrubs).where(scrubs.scrubs.c.execution_id == execution_id)
    with stack.engine.connect() as connection:
        return connection.execute(query).mappings().one_or_none()


def key(execution_id: int, number: int = 0) -> str:
    return f"executions/{execution_id}/attempt-1/part-{number:05d}.parquet"


def report_damage(stack: Stack, execution_id: int, number: int = 0) -> None:
    report = ReportDamage(execution_id, key(execution_id, number), "a test says so")
    make_dispatcher(stack.engine)(report, Context.by(SERVICE))


def damaged_at(stack: Stack, execution_id: int) -> datetime | None:
    query = sa.select(results.c.damaged_at).where(results.c.execution_id == execution_id)
    with stack.engine.connect() as connection:
        found: datetime | None = connection.execute(query).scalar_one()
    return found


def stored(stack: Stack, viewer: httpx.Client, **wishes: int) -> int:
    """Store a result of some parts, and read its first page."""
    execution_id = stack.runs.succeeded(TABLE, **wishes)  # type: ignore[arg-type]
    assert viewer.get(f"/executions/{execution_id}/drilldown").status_code == 200
    return execution_id


def stored_long_ago(stack: Stack, **wishes: int) -> int:
    """Store a result that is due when those of other tests are not."""
    with stack.client() as viewer:
        execution_id = stored(stack, viewer, **wishes)
    with stack.engine.begin() as connection:
        change(connection, execution_id, stored_at=results.c.stored_at - timedelta(days=100))
    return execution_id


def give_up_damaged(stack: Stack) -> None:
    """Expire what other tests left damaged: it would be looked at again, at the cost of bytes."""
    left = sa.update(results).where(results.c.damaged_at.is_not(None))
    with stack.engine.begin() as connection:
        connection.execute(left.values(expired_at=sa.func.now()))


def change(connection: sa.Connection, execution_id: int, **values: Any) -> None:
    of_it = results.c.execution_id == execution_id
    connection.execute(sa.update(results).where(of_it).values(**values))


def test_a_bit_that_flips_after_a_part_was_read_is_found_and_named(scrubbed: Stack) -> None:
    with scrubbed.client() as viewer:
        execution_id = stored(scrubbed, viewer, part_rows=60)
        path = f"/executions/{execution_id}/drilldown"
        assert viewer.get(path, params={"page": 2}).status_code == 200
        flip_a_bit(scrubbed.runs.part(execution_id, 1))

        (damage,) = eventually(
            lambda: recorded(scrubbed, execution_id, "damaged"), 90, "the damage is on record"
        )

        part = key(execution_id, 1)
        assert (damage.data["part"], damage.actor) == (part, "results")
        refused = viewer.get(path, params={"page": 2})
        assert refused.status_code == 502
        assert part in refused.json()["errors"]
        assert viewer.get(f"/executions/{execution_id}/export/csv").status_code == 502
        assert viewer.get(path).status_code == 200, "rows of the other part are as they were"


def test_a_part_that_is_put_back_is_read_again(idle: Stack) -> None:
    with idle.client() as viewer:
        execution_id = stored(idle, viewer)
        path = idle.runs.part(execution_id)
        flip_a_bit(path)
        scrubber(idle).step()
        assert viewer.get(f"/executions/{execution_id}/drilldown").status_code == 502
        flip_a_bit(path)
        assert viewer.get(f"/executions/{execution_id}/drilldown").status_code == 200
        assert len(recorded(idle, execution_id, "damaged")) == 1


def test_a_result_is_whole_again_once_all_its_parts_are_put_back(idle: Stack) -> None:
    with idle.client() as viewer:
        execution_id = stored(idle, viewer, part_rows=40)
    for number in range(2):
        flip_a_bit(idle.runs.part(execution_id, number))
        report_damage(idle, execution_id, number)

    flip_a_bit(idle.runs.part(execution_id, 0))
    scrubber(idle, NEVER).step()
    assert [event.data["part"] for event in recorded(idle, execution_id, "repaired")] == [
        key(execution_id, 0)
    ]
    assert damaged_at(idle, execution_id) is not None
    scrubber(idle).step()
    assert checked(idle, execution_id) is None, "a damaged result is not scrubbed"

    flip_a_bit(idle.runs.part(execution_id, 1))
    scrubber(idle, NEVER).step()
    assert len(recorded(idle, execution_id, "repaired")) == 2
    assert damaged_at(idle, execution_id) is None
    scrubber(idle).step()
    assert checked(idle, execution_id) is not None
    assert len(recorded(idle, execution_id, "damaged")) == 2


def test_what_only_a_reader_finds_amiss_is_not_repaired_again_and_again(idle: Stack) -> None:
    execution_id = stored_long_ago(idle)
    work = scrubber(idle)
    for _ in range(2):
        report_damage(idle, execution_id, 0)
        work.step()
    assert len(recorded(idle, execution_id, "damaged")) == 2
    assert len(recorded(idle, execution_id, "repaired")) == 1


def test_a_scrubber_goes_on_where_the_last_one_was_stopped(idle: Stack) -> None:
    execution_id = stored_long_ago(idle, part_rows=25)
    size = idle.runs.part(execution_id).stat().st_size
    slow = Scrubbing(days=50, rate=size)
    give_up_damaged(idle)
    first = scrubber(idle, slow)
    first.step()
    first.step()
    row = checked(idle, execution_id)
    assert row is not None
    assert (row["verified_at"], 0 < row["parts"] < 4) == (None, True)
    flip_a_bit(idle.runs.part(execution_id, 0))  # which is behind it in this round

    second = scrubber(idle, slow)
    for _ in range(6):
        second.step()

    row = checked(idle, execution_id)
    assert row is not None
    assert row["verified_at"] is not None
    assert recorded(idle, execution_id, "damaged") == []
    scrubber(idle).step()
    assert len(recorded(idle, execution_id, "damaged")) == 1


def test_no_more_is_read_in_a_second_than_is_allowed(idle: Stack) -> None:
    with idle.client() as viewer:
        ids = [stored(idle, viewer) for _ in range(5)]
    scrubber(idle).step()  # whatever earlier tests left
    size = idle.runs.part(ids[0]).stat().st_size
    before = [checked(idle, number) for number in ids]
    give_up_damaged(idle)
    slow = scrubber(idle, Scrubbing(days=1e-9, rate=size // 2))
    for _ in range(4):
        slow.step()
    with idle.engine.connect() as connection:
        newer = sa.select(sa.func.count()).where(
            scrubs.scrubs.c.verified_at > max(row["verified_at"] for row in before if row)
        )
        assert 1 <= connection.execute(newer).scalar_one() <= 3


def test_parts_of_a_result_that_expires_meanwhile_are_not_missed(idle: Stack) -> None:
    execution_id = stored_long_ago(idle, part_rows=50)
    size = idle.runs.part(execution_id).stat().st_size
    give_up_damaged(idle)
    work = scrubber(idle, Scrubbing(days=50, rate=size))
    work.step()
    with idle.engine.begin() as connection:
        change(connection, execution_id, expired_at=sa.func.now())
    idle.runs.part(execution_id, 1).unlink()
    work.step()
    assert recorded(idle, execution_id, "damaged") == []


def test_a_store_that_is_not_mounted_is_not_damage(idle: Stack) -> None:
    execution_id = stored_long_ago(idle)
    folder, aside = idle.runs.store / "executions", idle.runs.store / "unmounted"
    work = scrubber(idle)
    folder.rename(aside)
    try:
        work.step()
    finally:
        aside.rename(folder)
    assert recorded(idle, execution_id, "damaged") == []
    work.step()  # a minute later, or as long as a round takes
    assert checked(idle, execution_id) is not None


def test_parts_damaged_before_they_were_listed_are_listed(databases: Databases) -> None:
    url = databases.create()
    engine = make_engine(url, name="tests", pool_size=2)
    with engine.begin() as connection:
        config = alembic_config(PACKAGE)
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(sa.text("DROP TABLE damaged_parts"))  # as it was
        work = Work(connection)
        result = work.load(Result, 7)
        manifest = Manifest((Part(key(7), 3, 90, "ab"),), 3, 90, ())
        work.append(result, result.store(1, manifest), Context.by(SERVICE))
        work.append(result, result.damage(key(7), "it is missing"), Context.by(SERVICE))

    migrate(url, PACKAGE)

    with engine.connect() as connection:
        assert connection.execute(sa.select(damaged_parts)).all() == [(7, key(7))]
    engine.dispose()
    databases.drop(url)
