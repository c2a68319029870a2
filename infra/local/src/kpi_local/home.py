"""Everything a stack keeps lies below one directory, KPI_HOME."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kpi_local.errors import HomeInUse

# C's `struct flock`. Its locks belong to the open file (F_OFD_…, Linux): children inherit them, and
# unlike flock(2) they can be asked for without being taken.
_FLOCK = struct.Struct("hhqqi0q")
_WHOLE_FILE = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Home:
    """The paths below one KPI_HOME."""

    path: Path

    @property
    def keys(self) -> Path:
        """The issuer's keys and the key of the executor's secrets."""
        return self.path / "keys"

    @property
    def token(self) -> Path:
        """The administrator's bearer token."""
        return self.path / "token"

    @property
    def store(self) -> Path:
        """Rows of results: Parquet parts."""
        return self.path / "store"

    @property
    def demo(self) -> Path:
        """The demo data: a folder of three tables."""
        return self.path / "demo"

    @property
    def logs(self) -> Path:
        """One log per program, rotated."""
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """Generated configuration, sockets, process ids."""
        return self.path / "run"

    def create(self) -> None:
        """Create the directories that are missing; only the owner may look into them."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        for folder in (self.keys, self.store, self.logs, self.run):
            folder.mkdir(exist_ok=True)

    def log_tail(self, program: str, lines: int = 15) -> str:
        """Return the last lines of a program's log, or a note that there are none."""
        path = self.logs / f"{program}.log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-lines:]) or f"(nothing in {path})"

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the home for one stack; yields the lock's file descriptor.

        A child that inherits the descriptor keeps the lock while it lives. Raises HomeInUse.
        """
        handle = os.open(self.run / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _WHOLE_FILE)
            except BlockingIOError:
                raise self._in_use(handle) from None
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
            yield handle
        finally:
            os.close(handle)

    def holder(self) -> int | None:
        """Return the process id of the stack that runs on this home, None if there is none.

        It is 0 for a moment, while a stack begins.
        """
        try:
            handle = os.open(self.run / "lock", os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            return _pid(handle) if _is_locked(handle) else None
        finally:
            os.close(handle)

    def _in_use(self, handle: int) -> HomeInUse:
        pid = _pid(handle)
        return HomeInUse(
            pid,
            f"A stack is already running on {self.path} (process {pid}). Stop it with Ctrl-C or "
            "`python -m kpi_local stop`, or set KPI_HOME and KPI_PORT to run another beside it.",
        )


def _is_locked(handle: int) -> bool:
    in_the_way: int = _FLOCK.unpack(fcntl.fcntl(handle, fcntl.F_OFD_GETLK, _WHOLE_FILE))[0]
    return in_the_way != fcntl.F_UNLCK


def _pid(handle: int) -> int:
    return int(os.pread(handle, 20, 0) or b"0")
