"""Real child processes in tests: logged to a file, and gone when the test is, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from kpi_testkit.eventually import eventually

LOG_TAIL = 4000


class Process:
    """A child in its own process group, with stdout and stderr in one log file.

    A guard (`sh` blocked on a pipe from us) kills the group even if this test process is itself
    killed, so no test run leaves servers behind.
    """

    def __init__(
        self, argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self.argv = list(argv)
        self.log = log
        self.env = dict(env or {})
        self._child: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Process id of the running (or last) child."""
        return self._started.pid

    @property
    def returncode(self) -> int | None:
        """Exit code, negative for a signal; None while it runs."""
        return self._started.poll()

    @property
    def is_running(self) -> bool:
        """Whether the child has been started and has not ended."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> Process:
        """Start the child (again, if it has ended)."""
        if self.is_running:
            raise RuntimeError(f"{self.argv[0]} runs already")
        self._release_guard()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.env},
                start_new_session=True,
            )
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _; kill -s KILL -- "-$0" 2>/dev/null', str(self._child.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        return self

    def wait(self, timeout: float = 10) -> int:
        """Return the exit code within `timeout` s. Raises subprocess.TimeoutExpired."""
        return self._started.wait(timeout)

    def terminate(self, timeout: float = 10, *, number: int = signal.SIGTERM) -> int:
        """Send a polite signal, SIGKILL to the group after `timeout` seconds; return the code."""
        self.signal(number)
        with suppress(subprocess.TimeoutExpired):
            self._started.wait(timeout)
        self.close()
        return self._started.wait()

    def kill(self) -> None:
        """SIGKILL to the child alone (a crash): its own children are left to notice."""
        self.signal(signal.SIGKILL)
        self._started.wait()

    def signal(self, number: int) -> None:
        """Send a signal to the child, e.g. SIGSTOP and SIGCONT."""
        if self._started.poll() is None:
            self._started.send_signal(number)

    def close(self) -> None:
        """Kill whatever is left of the process group; may be called at any time, repeatedly."""
        if self._child is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._release_guard()

    def log_tail(self) -> str:
        """Return the end of what the child wrote."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return text[-LOG_TAIL:]

    def wait_until(
        self, ready: Callable[[], bool], timeout: float = 30, what: str = "ready"
    ) -> Process:
        """Wait until `ready` is true; an early end or a timeout shows the log."""

        def is_ready() -> bool:
            if not self.is_running:
                raise RuntimeError(f"{self.argv} ended ({self.returncode}):\n{self.log_tail()}")
            return ready()

        try:
            eventually(is_ready, timeout, f"{Path(self.argv[0]).name} is {what}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log_tail()}") from None
        return self

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise RuntimeError(f"{self.argv[0]} has not been started")
        return self._child

    def _release_guard(self) -> None:
        if self._guard is None:
            return
        self._guard.kill()
        self._guard.wait()
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard = None


class Processes:
    """Starts children whose logs lie in `directory`, and ends all of them on `close`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._all: list[Process] = []

    def start(
        self, *argv: str, env: Mapping[str, str] | None = None, name: str | None = None
    ) -> Process:
        """Start a program; its log is `<name>-<n>.log`."""
        label = name or Path(argv[0]).name
        log = self.directory / f"{label}-{len(self._all)}.log"
        process = Process(argv, log=log, env=env)
        self._all.append(process)
        return process.start()

    def module(self, module: str, *arguments: str, env: Mapping[str, str] | None = None) -> Process:
        """Start `python -m module arguments…` with this interpreter, warnings shown."""
        name = "-".join([module, *(word for word in arguments if word.isalnum())])
        return self.start(sys.executable, "-m", module, *arguments, env=env, name=name)

    def close(self) -> None:
        """End every child, newest first."""
        for process in reversed(self._all):
            process.close()


@contextmanager
def running(directory: Path) -> Iterator[Processes]:
    """Children that live no longer than the block."""
    processes = Processes(directory)
    try:
        yield processes
    finally:
        processes.close()
