"""Readings that fill the memory: whole sorts and comparisons of large results.

Those of large results run in a short-lived process each, so that the memory they took is given
back to the last byte, and a process that serves people stays small whatever it is asked. They
leave what they found in files, which the asking process reads page by page. After each, the process
of the next one is started and waits for a minute.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from kpi_results.rows.engine import EngineFailure, EngineLimits
from kpi_results.rows.errors import BusyReading, RowsError
from kpi_results.rows.spare import Process, SpareProcess

if TYPE_CHECKING:
    from kpi_results.rows.drilldown import Drilldown, Place

T = TypeVar("T")
Work: TypeAlias = "Callable[[Drilldown], T]"
"""What is done with the reader of the process it is done in. Crosses processes by pickling."""

PROCESS = "kpi_results.rows.heavy_process"
_GIVING_WAY = 5  # niceness: a quarter of what others get, when all cores are busy
_IDLE_SECONDS = 60.0


class HeavyReadings:
    """Runs heavy readings one after the other. One instance serves all threads."""

    def __init__(self, here: Drilldown, limits: EngineLimits) -> None:
        """Let `here` serve the readings of results that are not large."""
        self._here = here
        self._limits = limits
        self._spare = SpareProcess(_start, idle_seconds=_IDLE_SECONDS)
        self._slots = threading.BoundedSemaphore(limits.heavy)
        self._running: set[Process] = set()
        self._lock = threading.Lock()
        self._closed = False

    def are_aside(self, rows: int) -> bool:
        """Whether readings of so many rows have a process of their own."""
        least = self._limits.aside_rows
        return least is not None and rows >= least

    def run(self, work: Work[T], rows: int) -> T:
        """Do the work, which reads so many rows.

        Raises what the work raises of RowsError, BusyReading when no slot comes free in time, and
        EngineFailure when the process ends without an answer.
        """
        if not self.are_aside(rows):
            return work(self._here)
        with self._slot():
            try:
                return _answered(self._aside(self._here.place(), work, self._spare.take))
            finally:
                self._spare.prepare()  # heavy readings seldom come alone

    def run_aside(self, work: Work[T], rows: int) -> T:
        """Do work that nobody waits for and that takes little memory; it needs no slot.

        Its process gives way to all others. Raises as `run` does, but never BusyReading.
        """
        if not self.are_aside(rows):
            return work(self._here)
        return _answered(self._aside(self._here.place(), partial(_giving_way, work), _start))

    def close(self) -> None:
        """End the processes that run; their askers get EngineFailure."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
        self._spare.close()

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=self._limits.wait_seconds):
            raise BusyReading(self._limits.wait_seconds)
        try:
            yield
        finally:
            self._slots.release()

    def _aside(self, place: Place, work: Work[T], begin: Callable[[], Process]) -> T | RowsError:
        with self._process(begin) as process:
            if process.stdin is None or process.stdout is None:
                raise ValueError("the process must have pipes")
            try:
                # Stays open: its end tells the process that nobody waits for its answer any more.
                process.stdin.write(pickle.dumps((place, work)))
                process.stdin.flush()
                answer = process.stdout.read()
            except BrokenPipeError:
                answer = b""
        if not answer:
            raise EngineFailure(f"the process of a heavy reading ended ({process.returncode})")
        found: T | RowsError = pickle.loads(answer)  # noqa: S301 - from our own process
        return found

    @contextmanager
    def _process(self, begin: Callable[[], Process]) -> Iterator[Process]:
        with self._lock:
            if self._closed:
                raise EngineFailure("the reader is closed")
            process = begin()
            self._running.add(process)
        try:
            with process:
                yield process
        finally:
            with self._lock:
                self._running.discard(process)


def _start() -> Process:
    command = [sys.executable, "-m", PROCESS]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _answered(answer: T | RowsError) -> T:
    if isinstance(answer, RowsError):
        raise answer
    return answer


def _giving_way(work: Work[T], drilldown: Drilldown) -> T:
    os.nice(_GIVING_WAY)
    return work(drilldown)
