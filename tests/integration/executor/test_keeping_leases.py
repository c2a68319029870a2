"""A worker renews its leases while it takes executions."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from itertools import repeat
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest
import sqlalchemy as sa

from kpi_contracts.execution import Manifest, Plan
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import queue
from kpi_executor.execution import Status
from kpi_executor.plans import Planned
from kpi_executor.preparation import Preparation, Prepared
from kpi_executor.query import Cancelled, QueryOutcome, QueryPool
from kpi_executor.queue import Lease
from kpi_executor.sources import Source
from kpi_executor.worker import attempts
from kpi_executor.worker.attempts import Attempts
from kpi_testkit import eventually_async
from tests.integration.executor.runs import GRAPH, by, column, run_of

PREPARED = Prepared(
    Planned(sql="SELECT 1", dialect="sqlite", plan=Plan(), graph_version=1),
    Source(GRAPH, "sqlite", "/shop.db"),
)
NO_ROWS = QueryOutcome(Manifest((), rows=0, bytes=0, columns=()), (), elapsed_ms=1.0)


class Queries:
    """A pool whose queries end when they are told to."""

    def __init__(self) -> None:
        self.running: list[Future[QueryOutcome]] = []
        self.second = threading.Event()

    def submit(self, _: object) -> Future[QueryOutcome]:
        future: Future[QueryOutcome] = Future()
        self.running.append(future)
        if len(self.running) == 2:
            self.second.set()
        return future

    def cancel(self, future: Future[QueryOutcome]) -> bool:
        future.set_exception(Cancelled("stopped"))
        return True

    def finish(self) -> None:
        for future in self.running:
            if not future.done():
                future.set_result(NO_ROWS)


def worker_with(
    queries: Queries,
    engine: sa.Engine,
    dispatch: Dispatcher,
    database_url: str,
    prepared: Iterator[Prepared] | None = None,
) -> Attempts:
    prepared = prepared or repeat(PREPARED)
    return Attempts(
        engine,
        dispatch,
        cast(Preparation, SimpleNamespace(prepare=lambda *_: next(prepared))),
        cast(QueryPool, queries),
        database_url=database_url,
        store_url="file:///nowhere",
        slots=2,
    )


@pytest.fixture(autouse=True)
def _renew_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "RENEW_SECONDS", 0.05)


def test_what_is_taken_while_leases_are_renewed_is_not_taken_for_lost(
    engine: sa.Engine,
    dispatch: Dispatcher,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queries, renewed_again = Queries(), threading.Event()
    held_by, renewals = queue.held_by, []

    def slowly_held_by(connection: sa.Connection, worker: str) -> set[Lease]:
        """Answer for the first time only when another query runs than those of the answer."""
        held = held_by(connection, worker)
        renewals.append(held)
        if len(renewals) == 1:
            dispatch(run_of(uuid4()), by("bill"))
            assert queries.second.wait(20)
        else:
            renewed_again.set()
        return held

    async def until_renewed_again() -> None:
        assert await asyncio.to_thread(renewed_again.wait, 30)

    monkeypatch.setattr(queue, "held_by", slowly_held_by)
    dispatch(run_of(uuid4()), by("bill"))
    worker = worker_with(queries, engine, dispatch, database_url)
    work(worker, queries, engine, until_renewed_again)

    assert len(renewals[0]) == 1
    assert column(engine, "status") == [Status.SUCCESS, Status.SUCCESS]
    assert column(engine, "attempt") == [1, 1]


def test_the_query_of_a_lost_lease_is_stopped(
    engine: sa.Engine, dispatch: Dispatcher, database_url: str
) -> None:
    queries = Queries()

    async def until_lost() -> None:
        await eventually_async(first_runs, 20, "the query runs")
        with engine.begin() as connection:
            connection.execute(sa.update(queue.leases).values(worker="another"))
        assert await asyncio.to_thread(queries.second.wait, 30)

    async def first_runs() -> bool:
        return len(queries.running) == 1

    dispatch(run_of(uuid4()), by("bill"))
    work(worker_with(queries, engine, dispatch, database_url), queries, engine, until_lost)

    assert isinstance(queries.running[0].exception(), Cancelled)
    assert column(engine, "attempt") == [2]
    assert column(engine, "status") == [Status.SUCCESS]


def test_an_end_that_cannot_be_recorded_spoils_nothing_for_the_others(
    engine: sa.Engine, dispatch: Dispatcher, database_url: str
) -> None:
    queries = Queries()
    unspeakable = replace(PREPARED, planned=replace(PREPARED.planned, sql='SELECT "a\0b"'))

    async def until_both_run() -> None:
        assert await asyncio.to_thread(queries.second.wait, 20)

    for _ in range(2):
        dispatch(run_of(uuid4()), by("bill"))
    prepared = iter([unspeakable, PREPARED])
    worker = worker_with(queries, engine, dispatch, database_url, prepared)
    work(worker, queries, engine, until_both_run)

    assert sorted(column(engine, "status")) == [Status.FAILED, Status.SUCCESS]
    assert set(column(engine, "error_type")) == {"internal_error", None}


def work(
    worker: Attempts,
    queries: Queries,
    engine: sa.Engine,
    until: Callable[[], Awaitable[None]],
) -> None:
    """Let a worker run `until` something happened, and then to the end of all executions."""

    async def all_have_ended() -> bool:
        return all(await asyncio.to_thread(column, engine, "finished_at"))

    async def run() -> None:
        stop = asyncio.Event()
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(worker.run(stop))
            await until()
            queries.finish()
            await eventually_async(all_have_ended, 20, "all executions have ended")
            stop.set()

    asyncio.run(run())
