"""The loop that takes executions, runs their queries and records how they ended.

An execution is ours from the `started` event on, as long as its lease is renewed. Whatever this
process does after it lost the lease is refused by the attempt number, so it need not be careful.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
import structlog

from kpi_bus.errors import is_transient
from kpi_bus.stopping import Backoff
from kpi_bus.threads import Threads
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.crash_points import crash_point
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_executor import metrics, queue
from kpi_executor.attempt_handlers import Assignment, Exchanged
from kpi_executor.commands import AttemptEnd, ExchangeAttempts
from kpi_executor.executions import executions
from kpi_executor.outcomes import Failure, Outcome
from kpi_executor.planning import Question
from kpi_executor.preparation import Preparation
from kpi_executor.query import QueryOutcome, QueryPool, QueryTask
from kpi_executor.queue import RENEW_SECONDS, Lease
from kpi_executor.wakeups import Wakeups
from kpi_executor.worker.outcome import Progress
from kpi_executor.worker.upkeep import EXECUTOR

FIRST_ROWS = 1000
CANCEL_LOOK_SECONDS = 0.25
THREADS = 3  # an exchange, a look for cancellations and a renewal of leases

STOPPED = Failure(
    error_type="worker_stopped",
    message="the worker was stopped for maintenance; the query was started again",
    transient=True,
)

UNRECORDABLE = Failure(error_type="internal_error", message="the executor failed; its log says why")

log = structlog.get_logger(__name__)


def worker_name() -> str:
    """Return a name for this process that no other has, also after a restart."""
    return f"{socket.gethostname()}-{os.getpid()}-{time.time_ns()}"


class Attempts:
    """Runs up to `slots` attempts at a time in a query pool."""

    def __init__(
        self,
        engine: sa.Engine,
        dispatch: Dispatcher,
        preparation: Preparation,
        pool: QueryPool,
        *,
        database_url: str,
        store_url: str,
        slots: int,
    ) -> None:
        self._engine = engine
        self._dispatch = dispatch
        self._preparation = preparation
        self._pool = pool
        self._database_url = database_url
        self._store_url = store_url
        self._slots = slots
        self._name = worker_name()
        self._threads = Threads("attempts", THREADS)
        # A language model may take many seconds; leases must be renewed meanwhile.
        self._planning = Threads("planning", slots)
        self._running: set[Lease] = set()
        self._ended: list[AttemptEnd] = []  # of the running ones, not on record yet
        self._queries: dict[Lease, Future[QueryOutcome]] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._next_look = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what runs then is given back to the queue."""
        loop = asyncio.get_running_loop()
        wakeups = Wakeups(self._database_url, lambda: loop.call_soon_threadsafe(self._wake.set))
        wakeups.start()
        try:
            async with asyncio.TaskGroup() as group:
                renewing = group.create_task(self._keep_leases())
                giving_back = group.create_task(self._give_back_at(stop))
                await self._exchange_until_done(group)
                giving_back.cancel()
                renewing.cancel()
        finally:
            wakeups.stop()
            await self._planning.close()
            await self._threads.close()

    async def _exchange_until_done(self, group: asyncio.TaskGroup) -> None:
        """Hand in and take whenever something happens, until stopped and rid of everything.

        One exchange at a time: what happens meanwhile goes into the next one, all together.
        """
        backoff = Backoff()
        while self._running or not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._exchange(group)
                await self._stop_cancelled()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("attempts.retrying", error=repr(error))
                await asyncio.sleep(backoff.next())
                self._wake.set()
            else:
                backoff.reset()

    async def _exchange(self, group: asyncio.TaskGroup) -> None:
        ended = list(self._ended)
        free = 0 if self._stopping else self._slots - len(self._running) + len(ended)
        if not ended and not free:
            return
        try:
            exchanged = await self._handed_in(ended, free)
        except Exception as error:
            if _may_pass(error) or not ended:
                raise
            log.warning("attempts.one_by_one", error=repr(error))
            for end in ended:
                await self._hand_in_alone(end)
            return
        if ended:
            crash_point("executor.after_end")
        self._settle(ended, exchanged)
        for assignment in exchanged.taken:
            lease = Lease(assignment.execution_id, assignment.attempt)
            self._running.add(lease)
            group.create_task(self._attempt(lease, assignment))

    async def _handed_in(self, ended: Sequence[AttemptEnd], limit: int) -> Exchanged:
        command = ExchangeAttempts(worker=self._name, ended=ended, limit=limit)
        exchanged: Exchanged = await self._threads.run(
            self._dispatch, command, Context.by(EXECUTOR)
        )
        return exchanged

    async def _hand_in_alone(self, end: AttemptEnd) -> None:
        """Have the first end recorded, as a failure if it cannot be recorded as it is."""
        try:
            exchanged = await self._handed_in([end], 0)
        except Exception as error:
            if _may_pass(error):
                raise
            log.error("attempt.unrecordable", execution_id=end.execution_id, exc_info=error)
            exchanged = await self._handed_in([replace(end, outcome=UNRECORDABLE)], 0)
        self._settle([end], exchanged)

    def _settle(self, ended: Sequence[AttemptEnd], exchanged: Exchanged) -> None:
        del self._ended[: len(ended)]
        self._running -= {Lease(end.execution_id, end.attempt) for end in ended}
        for status in exchanged.ended:
            metrics.executions.labels(status).inc()
        for error in exchanged.superseded:
            log.warning("attempt.superseded", execution_id=error.execution_id, why=str(error))

    async def _attempt(self, lease: Lease, assignment: Assignment) -> None:
        with metrics.running.track_inprogress():
            outcome = await self._run(lease, assignment)
        self._queries.pop(lease, None)
        crash_point("executor.after_query")
        self._ended.append(
            AttemptEnd(execution_id=lease.execution_id, attempt=lease.attempt, outcome=outcome)
        )
        self._wake.set()

    async def _run(self, lease: Lease, assignment: Assignment) -> Outcome:
        request = assignment.request
        progress = Progress(request.parameters.timeout_seconds, time.monotonic())
        try:
            prepared = await self._planning.run(
                self._preparation.prepare,
                request.parameters,
                Question(sentence=request.nl_definition, sql=request.sql, pinned=request.pinned),
            )
            progress.planned = prepared.planned
            if self._stopping:
                return STOPPED
            task = QueryTask(
                execution_id=lease.execution_id,
                attempt=lease.attempt,
                source=prepared.source,
                sql=prepared.planned.sql,
                store_url=self._store_url,
                timeout_seconds=request.parameters.timeout_seconds,
                first_rows=FIRST_ROWS if request.origin in ("api", "retry") else 0,
            )
            future = self._queries[lease] = self._pool.submit(task)
            # Whoever cancelled it while it was planned has not been heard yet.
            self._wake.set()
            outcome = await asyncio.wrap_future(future)
        except Exception as error:
            return STOPPED if self._stopping else progress.stopped(error)
        metrics.query_seconds.labels(prepared.source.kind).observe(outcome.elapsed_ms / 1000)
        return progress.succeeded(outcome)

    async def _stop_cancelled(self) -> None:
        if not self._queries or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + CANCEL_LOOK_SECONDS
        running = {lease.execution_id: lease for lease in self._queries}
        query = sa.select(executions.c.id).where(
            executions.c.id.in_(list(running)), executions.c.cancel_requested
        )
        for execution_id in await self._threads.run(self._scalars, query):
            self._stop_query(running[execution_id])

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            # Those alone are judged by the answer: it may be older than what is taken meanwhile.
            running = frozenset(self._running)
            if not running:
                continue
            try:
                held = await self._threads.run(self._renew, running)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("leases.retrying", error=repr(error))
                continue
            for lease in (running - held) & self._queries.keys():
                log.warning("attempt.lost", execution_id=lease.execution_id, attempt=lease.attempt)
                self._stop_query(lease)

    def _renew(self, running: Collection[Lease]) -> set[Lease]:
        with self._engine.begin() as connection:
            queue.renew(connection, self._name, [lease.execution_id for lease in running])
            return queue.held_by(connection, self._name)

    async def _give_back_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping = True
        for lease in list(self._queries):
            self._stop_query(lease)
        self._wake.set()

    def _stop_query(self, lease: Lease) -> None:
        future = self._queries.get(lease)
        if future is not None:
            self._pool.cancel(future)

    def _scalars(self, query: sa.Select[Any]) -> list[int]:
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars().all())


def _may_pass(error: Exception) -> bool:
    return is_transient(error) or isinstance(error, ConcurrencyConflict)
