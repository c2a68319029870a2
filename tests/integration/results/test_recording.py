"""Views that wait are recorded together, and none of them for want of another."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pytest
import sqlalchemy as sa

from kpi_contracts.envelope import Actor
from kpi_contracts.result import ResultViewed, Selection
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.schema import events
from kpi_results import handlers
from kpi_results.recorder import LOST_VIEWS, Recorder
from kpi_results.shelf import results
from kpi_service.database import make_engine
from kpi_testkit.eventually import eventually
from tests.integration.results.runs import Runs
from tests.integration.results.stack import Stack

ROWS = pa.table({"sku": ["A", "B", "C"]})
VIEWS = 20


@pytest.fixture
def recorder(stack: Stack) -> Iterator[Recorder]:
    recorder = Recorder(handlers.make_dispatcher(stack.engine))
    yield recorder
    recorder.close()


@pytest.fixture
def pair(stack: Stack, runs: Runs) -> tuple[int, int]:
    """Return two executions whose results the service knows of."""
    ids = runs.succeeded(ROWS), runs.succeeded(ROWS)
    query = sa.select(sa.func.count()).where(results.c.execution_id.in_(ids))

    def known() -> bool:
        with stack.engine.connect() as connection:
            return connection.execute(query).scalar_one() == len(ids)

    eventually(known, 20, "both results are stored")
    return ids


@contextmanager
def writing(stack: Stack, execution_id: int) -> Iterator[None]:
    """Hold the lock that whoever records a reading of this result waits for."""
    lock = sa.func.pg_advisory_xact_lock(handlers.READINGS, execution_id)
    with stack.engine.begin() as connection:
        connection.execute(sa.select(lock))
        yield


def view(execution_id: int, page: int) -> ResultViewed:
    return ResultViewed(
        execution_id=execution_id,
        kpi_id=None,
        selection=Selection(),
        page=page,
        page_size=50,
        rows=3,
    )


def by(subject: str) -> Context:
    return Context.by(Actor(subject, "user"))


def viewed(stack: Stack, *ids: int) -> list[sa.Row[object]]:
    query = (
        sa.select(events)
        .where(events.c.type.like("%.viewed.%"), events.c.aggregate_id.in_(map(str, ids)))
        .order_by(events.c.position)
    )
    with stack.engine.connect() as connection:
        return list(connection.execute(query))


def test_what_waits_is_recorded_in_one_transaction_in_its_order(
    stack: Stack, recorder: Recorder, pair: tuple[int, int]
) -> None:
    with writing(stack, pair[0]):
        for page in range(1, VIEWS + 1):
            recorder.viewed(view(pair[page % 2], page), by(f"user {page}"))
    recorder.close()
    found = viewed(stack, *pair)
    assert len({row.tx for row in found}) <= 3
    for execution_id in pair:
        own = [row for row in found if row.aggregate_id == str(execution_id)]
        pages = [row.data["page"] for row in own]
        assert pages == sorted(pages)
        assert [row.actor for row in own] == [f"user {page}" for page in pages]
        assert [row.version for row in own] == list(range(own[0].version, own[-1].version + 1))
    assert len(found) == VIEWS


def test_a_view_that_cannot_be_recorded_does_not_take_others_along(
    stack: Stack, recorder: Recorder, pair: tuple[int, int]
) -> None:
    before = LOST_VIEWS._value.get()
    with writing(stack, pair[0]):
        for page in range(1, 6):
            subject = "no text for Postgres: \0" if page == 3 else "vera"
            recorder.viewed(view(pair[0], page), by(subject))
    recorder.close()
    assert [row.data["page"] for row in viewed(stack, pair[0])] == [1, 2, 4, 5]
    assert LOST_VIEWS._value.get() == before + 1


def test_views_are_counted_as_lost_while_the_database_is_away(pair: tuple[int, int]) -> None:
    before = LOST_VIEWS._value.get()
    nowhere = make_engine("postgresql://localhost:1/none", name="test", pool_size=1)
    recorder = Recorder(handlers.make_dispatcher(nowhere))
    for page in range(1, 6):
        recorder.viewed(view(pair[0], page), by("vera"))
    recorder.close()
    assert LOST_VIEWS._value.get() == before + 5
