"""Memory of processes, as the Linux kernel counts it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

KIB, MB = 1024, 1_000_000
PROC = Path("/proc")


def tree(pid: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield pid
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in (PROC / str(pid) / "task").iterdir():
            for child in (thread / "children").read_text("ascii").split():
                yield from tree(int(child))


def command(pid: int) -> list[str]:
    """Return the command line of a process, empty if it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return (PROC / str(pid) / "cmdline").read_text("utf-8").split("\0")
    return []


def proportional(pid: int) -> float:
    """Return the share of memory that is this process's, in MB (PSS)."""
    return _field(pid, "smaps_rollup", "Pss:")


def peak(pid: int | str) -> float:
    """Return the most memory a process ever had resident, in MB (VmHWM)."""
    return _field(pid, "status", "VmHWM:")


def _field(pid: int | str, file: str, name: str) -> float:
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in (PROC / str(pid) / file).read_text("ascii").splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * KIB / MB
    return 0.0
