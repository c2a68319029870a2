"""A folder of cache files kept below a size, the least recently used going first.

Several processes share one folder: use is recorded in the files' access times. A file that somebody
has open may be unlinked at any moment without harm; one that will be opened by its name has to be
held until then.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO
from weakref import finalize

_STRIPES = 256


class Held:
    """A file that `keep_below` spares, in all processes, until it is released.

    That is at the latest when nobody has this object any more.
    """

    def __init__(self, path: Path, descriptor: int | None = None) -> None:
        """`descriptor` holds a shared lock on the file; None for one that nobody takes away."""
        self.path = path
        self._descriptor = descriptor
        self._close = None if descriptor is None else finalize(self, os.close, descriptor)

    def release(self) -> None:
        """Let the file be taken away."""
        if self._close is not None:
            self._close()

    def discard(self) -> None:
        """Unlink the file, unless another one has its name by now, and release it."""
        if self._descriptor is not None and os.fstat(self._descriptor).st_nlink:
            self.path.unlink(missing_ok=True)
        self.release()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def hold(path: Path) -> Held | None:
    """Hold a file, and record that it is in use; None if there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    held = Held(path, descriptor)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    stat = os.fstat(descriptor)
    if not stat.st_nlink:
        held.release()  # it was taken away before it was locked
        return None
    os.utime(descriptor, ns=(time.time_ns(), stat.st_mtime_ns))
    return held


def touch(path: Path) -> bool:
    """Record in its access time that the file is in use; False if there is none."""
    try:
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
    except FileNotFoundError:
        return False
    return True


def keep_below(folder: Path, pattern: str, limit: int, *, keep: Path) -> None:
    """Unlink the longest unused files matching `pattern` until all have at most `limit` bytes.

    `keep` and what is held are spared, whatever their size.
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
        if path != keep and _taken_away(path):
            total -= size


def _taken_away(path: Path) -> bool:
    """Unlink the file, unless it is held."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink:  # else another file may have the name by now
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def locked(folder: Path, digest: str) -> Iterator[None]:
    """Hold the lock of a file named by its hex digest against other threads and processes.

    A fixed number of lock files serves all names, so that none ever has to be deleted.
    """
    with _lock_file(folder, digest) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def locked_at_once(folder: Path, digest: str) -> Iterator[bool]:
    """Hold the same lock, if nobody else holds it; tell whether."""
    with _lock_file(folder, digest) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _lock_file(folder: Path, digest: str) -> IO[bytes]:
    locks = folder / "locks"
    locks.mkdir(exist_ok=True)
    return (locks / str(int(digest[:8], 16) % _STRIPES)).open("wb")
