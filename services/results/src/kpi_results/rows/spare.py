"""The process of the next heavy reading, started ahead: the engine is loaded when it is wanted."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from typing import TypeAlias

Process: TypeAlias = "subprocess.Popen[bytes]"


class SpareProcess:
    """At most one process that waits for work. One instance serves all threads."""

    def __init__(self, start: Callable[[], Process], *, idle_seconds: float) -> None:
        """Let a process wait for `idle_seconds` at most, since it holds memory."""
        self._start = start
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._waiting: Process | None = None
        self._timer: threading.Timer | None = None
        self._closed = False

    def take(self) -> Process:
        """Return the process that waits, or else a new one; it is the caller's from now on."""
        process = self._withdraw()
        if process is not None and process.poll() is None:
            return process
        _end(process)
        return self._start()

    def prepare(self) -> None:
        """Have a process wait, unless one does."""
        with self._lock:
            if self._closed or self._waiting is not None:
                return
            self._waiting = self._start()
            self._timer = threading.Timer(self._idle_seconds, self.retire)
            self._timer.daemon = True
            self._timer.start()

    def retire(self) -> None:
        """End the process that waits, if there is one."""
        _end(self._withdraw())

    def close(self) -> None:
        """End it, and have no other."""
        with self._lock:
            self._closed = True
        self.retire()

    def _withdraw(self) -> Process | None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            process, self._waiting, self._timer = self._waiting, None, None
            return process


def _end(process: Process | None) -> None:
    if process is not None:
        with process:  # waits for it and closes its pipes
            process.kill()
