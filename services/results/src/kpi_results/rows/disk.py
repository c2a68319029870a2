"""A folder of cache files kept below a size, the least recently used going first.

Several processes share one folder: use is recorded in the files' access times, and a file that
another process still reads may be unlinked at any moment without harm.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STRIPES = 256


def touch(path: Path) -> bool:
    """Record in its access time that the file is in use; False if there is none."""
    try:
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
    except FileNotFoundError:
        return False
    return True


def keep_below(folder: Path, pattern: str, limit: int, *, keep: Path) -> None:
    """Unlink the longest unused files matching `pattern` until all have at most `limit` bytes.

    `keep` is spared, whatever its size.
    """
    files = []
    for path in folder.glob(pattern):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        files.append((stat.st_atime_ns, stat.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= limit:
            return
        if path != keep:
            path.unlink(missing_ok=True)
            total -= size


@contextmanager
def locked(folder: Path, digest: str) -> Iterator[None]:
    """Hold the lock of a file named by its hex digest against other threads and processes.

    A fixed number of lock files serves all names, so that none ever has to be deleted.
    """
    locks = folder / "locks"
    locks.mkdir(exist_ok=True)
    with (locks / str(int(digest[:8], 16) % _STRIPES)).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
