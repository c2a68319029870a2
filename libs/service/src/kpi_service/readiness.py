"""Readiness: named checks, run side by side, none of which may take longer than a second."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

Check = Callable[[], object]  # raises when the thing is not there; the message says what is missing
CHECK_SECONDS = 1.0


class Readiness:
    """The checks of one process. Further ones may be added while it runs."""

    def __init__(self, checks: Mapping[str, Check] | None = None) -> None:
        self._checks = dict(checks or {})
        self._running: dict[str, Future[object]] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="readiness")

    def add(self, name: str, check: Check) -> None:
        """Ask `check` from now on: it raises, with a message for operators, when not ready."""
        self._checks[name] = check

    def missing(self) -> dict[str, str]:
        """Return what is missing and why, by name of check; empty means ready.

        A check that hangs is reported and not started again until it has come back.
        """
        with self._lock:
            for name, check in tuple(self._checks.items()):  # `add` does not wait for the lock
                if name not in self._running:
                    self._running[name] = self._threads.submit(check)
            running = dict(self._running)
            wait(running.values(), timeout=CHECK_SECONDS)
            self._running = {name: run for name, run in running.items() if not run.done()}
        reasons = ((name, _reason(run)) for name, run in running.items())
        return {name: reason for name, reason in reasons if reason}


def _reason(run: Future[object]) -> str | None:
    if not run.done():
        return f"no answer within {CHECK_SECONDS:g} s"
    error = run.exception()
    return None if error is None else str(error).partition("\n")[0] or type(error).__name__
