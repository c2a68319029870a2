"""One place of the pool: a thread that owns a query process.

A slot is a pebble pool of one worker. That worker is never given a second task before the first
has ended, and after a timeout, a cancel or a crash the whole one-worker pool is dropped: no task
can meet the process of another that is being stopped.
"""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
import threading
import time
from concurrent.futures import CancelledError, Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from pebble import CONSTS, ProcessExpired, ProcessPool

from kpi_executor.query import child
from kpi_executor.query.errors import (
    Cancelled,
    Crashed,
    OutOfMemory,
    QueryFailed,
    ResultTooLarge,
    StoreFailed,
    TimedOut,
)
from kpi_executor.query.task import ProcessSettings, QueryFailure, QueryOutcome, QueryTask
from kpi_executor.sources import SourceError

# Time between SIGTERM, on which a query is cancelled natively, and SIGKILL.
CONSTS.term_timeout = 0.8
_TASKS_PER_PROCESS = 1_000
_FAILURES: dict[str, type[QueryFailed]] = {
    kind.__name__: kind for kind in (OutOfMemory, ResultTooLarge, StoreFailed, Crashed)
}


class Job:
    """A task on its way through the pool."""

    def __init__(self, task: QueryTask) -> None:
        self.task = task
        self.future: Future[QueryOutcome] = Future()
        self.cancelled = False
        self.changed = threading.Event()
        self._starting = threading.Lock()

    def start(self) -> bool:
        """Mark the job as running; False if it was cancelled while it waited."""
        with self._starting:
            return not self.cancelled and self.future.set_running_or_notify_cancel()

    def cancel(self) -> None:
        """End the job: at once if it waits, otherwise the slot that runs it sees to it."""
        with self._starting:
            waits = not self.cancelled and not self.future.running() and not self.future.done()
            self.cancelled = True
        if waits:
            with suppress(InvalidStateError):  # somebody cancelled the future itself
                self.future.set_exception(Cancelled("The query was cancelled before its start."))
        self.changed.set()


class Slot:
    """Serves jobs one after the other, until it takes ``None`` from the queue."""

    def __init__(self, jobs: SimpleQueue[Job | None], settings: ProcessSettings) -> None:
        self._jobs = jobs
        self._settings = settings
        self._scratch = Path(tempfile.mkdtemp(prefix="kpi-query-", dir=settings.scratch))
        self._pool = self._new_pool()
        self._started: Future[int] = self._pool.schedule(child.ready)
        self._thread = threading.Thread(target=self._run, daemon=True, name="query-slot")
        self._thread.start()

    @property
    def process_id(self) -> int:
        """Id of the query process as it was started."""
        return self._started.result()

    def join(self) -> None:
        """Wait until the slot has taken its ``None`` and its process is gone."""
        self._thread.join()

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                if job.start():
                    self._serve(job)
        finally:
            _stop(self._pool)
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _serve(self, job: Job) -> None:
        try:
            job.future.set_result(self._outcome(job))
        except (QueryFailed, SourceError) as error:
            job.future.set_exception(error)
        except Exception as error:  # the slot must outlive whatever happens to one job
            self._renew()
            job.future.set_exception(Crashed(f"The query could not be run: {error}"))

    def _outcome(self, job: Job) -> QueryOutcome:
        running = self._schedule(job.task)
        running.add_done_callback(lambda _: job.changed.set())
        deadline = time.monotonic() + job.task.timeout_seconds
        job.changed.wait(max(0.0, deadline - time.monotonic()))
        if running.done():
            return self._result(running)
        self._renew()
        if job.cancelled:
            raise Cancelled("The query was cancelled.")
        raise TimedOut(
            f"The query ran longer than {job.task.timeout_seconds:g} seconds; narrow the "
            "question or allow it more time."
        )

    def _result(self, running: Future[QueryOutcome | QueryFailure]) -> QueryOutcome:
        try:
            result = running.result()
        except (ProcessExpired, BrokenProcessPool, CancelledError) as error:
            self._renew()
            code = getattr(error, "exitcode", None)
            raise Crashed(
                f"The query process ended unexpectedly (exit code {code}); it may have run out "
                "of memory. It is tried again."
            ) from None
        if not isinstance(result, QueryFailure):
            return result
        if result.kind == "SourceError":
            raise SourceError(result.message, transient=result.transient)
        if result.kind == OutOfMemory.__name__:
            # What is left of its memory is in pieces.
            self._renew()
        raise _FAILURES[result.kind](result.message)

    def _schedule(self, task: QueryTask) -> Future[QueryOutcome | QueryFailure]:
        try:
            return self._pool.schedule(child.run, args=(task,))
        except RuntimeError:
            # The idle process was killed by somebody, which breaks its pool.
            self._renew()
            return self._pool.schedule(child.run, args=(task,))

    def _renew(self) -> None:
        """Start another process; where that fails just now, the next job tries it again."""
        _stop(self._pool)
        # The process may have died in the middle of spilling gigabytes.
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._pool = self._new_pool()
        with suppress(OSError, RuntimeError):
            self._scratch.mkdir(exist_ok=True)
            self._started = self._pool.schedule(child.ready)

    def _new_pool(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([child.__name__])
        return ProcessPool(
            max_workers=1,
            max_tasks=_TASKS_PER_PROCESS,
            initializer=child.initialize,
            initargs=(self._settings, self._scratch),
            context=context,
        )


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
