"""Queries in processes that can be killed."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Self

from kpi_executor.query.slot import Job, Slot
from kpi_executor.query.task import ProcessSettings, QueryOutcome, QueryTask


class QueryPool:
    """Runs up to ``workers`` queries at a time, each in a process of its own.

    A query that is cancelled, runs too long, needs too much memory or crashes leaves its place
    free within two seconds, whatever it was doing, and never harms this process. Use from any
    thread; make it before the process starts serving.
    """

    def __init__(self, workers: int, settings: ProcessSettings) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._running: dict[Future[QueryOutcome], Job] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._slots = [Slot(self._jobs, settings) for _ in range(workers)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def submit(self, task: QueryTask) -> Future[QueryOutcome]:
        """Queue a query.

        The future raises `SourceError` or a `QueryFailed`: TimedOut, Cancelled, OutOfMemory,
        ResultTooLarge, StoreFailed or Crashed. Stop it by `cancel`, not by the future's own method.
        """
        job = Job(task)
        with self._lock:
            if self._closed:
                raise RuntimeError("the query pool is closed")
            self._running[job.future] = job
        job.future.add_done_callback(self._forget)
        self._jobs.put(job)
        return job.future

    def cancel(self, future: Future[QueryOutcome]) -> bool:
        """Cancel a query: natively where it runs, then by SIGTERM and SIGKILL to its process.

        Returns False if it had ended already. The future raises `Cancelled` once the process is
        gone (unless the result came first).
        """
        with self._lock:
            job = self._running.get(future)
        if job is None:
            return False
        job.cancel()
        return True

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Ids of the query processes."""
        return tuple(slot.process_id for slot in self._slots)

    def close(self) -> None:
        """Cancel what is running or waiting, and end all processes."""
        with self._lock:
            self._closed = True
            jobs = list(self._running.values())
        for job in jobs:
            job.cancel()
        for _ in self._slots:
            self._jobs.put(None)
        for slot in self._slots:
            slot.join()

    def _forget(self, future: Future[QueryOutcome]) -> None:
        with self._lock:
            self._running.pop(future, None)
