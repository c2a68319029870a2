"""An endpoint that keeps failing is left alone for a while, so that runs do not wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 3
REST_SECONDS = 30.0


class Patience:
    """Counts failures in a row. Safe to use from threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    @property
    def rests(self) -> bool:
        """Whether the endpoint is left alone now."""
        with self._lock:
            return self._clock() < self._until

    def failed(self) -> None:
        """Note a failure; the third in a row, and any that follows it, begins a rest."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._until = self._clock() + REST_SECONDS

    def answered(self) -> None:
        """Note an answer, whatever it was worth."""
        with self._lock:
            self._failures = 0
