"""Folders for what memory cannot hold, one per process, swept once their process is gone.

A process holds a lock on its folder for as long as it lives. Whoever begins takes away the folders
whose lock nobody holds: those of processes that were killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_SUFFIX = ".lock"


class SpillFolder:
    """The folder of one process; close it at the end."""

    def __init__(self, parent: Path) -> None:
        """Make a folder below `parent`, which processes may share."""
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        self.path = Path(tempfile.mkdtemp(prefix="spill-", dir=parent))
        # Locked before it has the name that sweepers look for.
        self._lock, unnamed = tempfile.mkstemp(dir=parent)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._lock_path = self.path.with_suffix(_SUFFIX)
        Path(unnamed).rename(self._lock_path)

    def close(self) -> None:
        """Give the space back."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock_path.unlink(missing_ok=True)
        os.close(self._lock)


def sweep(parent: Path) -> int:
    """Take away the folders of processes that are gone; return how many there were."""
    swept = 0
    for path in parent.glob(f"spill-*{_SUFFIX}"):
        with suppress(FileNotFoundError), path.open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(path.with_suffix(""), ignore_errors=True)
            path.unlink(missing_ok=True)
            swept += 1
    return swept
