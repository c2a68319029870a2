"""Row orders kept on disk: the row numbers of a view, one after the other, as plain integers.

The folder is shared by processes. A file is complete from the moment it has its name, is made
by one process at a time, and may be deleted at any time: it can be computed again.
"""

from __future__ import annotations

import os
import struct
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa

from kpi_results.rows.disk import keep_below, locked, touch
from kpi_results.rows.errors import RowSetGone
from kpi_results.rows.result import RowNumbers

_TRAILER = struct.Struct("<8sQQ")  # magic, bytes per row number, count
_MAGIC = b"KPIROWS1"
_SUFFIX = ".rows"


class OrderFile:
    """The row numbers of one view. Not to be shared between threads."""

    def __init__(self, path: Path, row_type: pa.DataType) -> None:
        """Open it. Raises FileNotFoundError, or ValueError if the file is not whole."""
        # Stays readable when another process deletes the file meanwhile.
        self._file = pa.OSFile(str(path), "rb")
        self._type = row_type
        self._width = row_type.bit_width // 8
        self.count = self._read_count()

    def _read_count(self) -> int:
        size = self._file.size()
        if size < _TRAILER.size:
            raise ValueError("row order file is cut")
        self._file.seek(size - _TRAILER.size)
        magic, width, count = _TRAILER.unpack(self._file.read(_TRAILER.size))
        if (magic, width, count * width + _TRAILER.size) != (_MAGIC, self._width, size):
            raise ValueError("row order file is damaged")
        return int(count)

    def rows(self, start: int, stop: int) -> RowNumbers:
        """Row numbers of the view's rows start ≤ r < stop, as far as there are any."""
        start, stop = min(start, self.count), min(stop, self.count)
        self._file.seek(start * self._width)
        buffer = self._file.read_buffer(max(0, stop - start) * self._width)
        return pa.Array.from_buffers(self._type, max(0, stop - start), [None, buffer])

    def places(self, rows: RowNumbers) -> RowNumbers:
        """Return the places of these row numbers, all of which occur, if all numbers ascend."""
        numbers = _Numbers(self)
        return pa.array([bisect_left(numbers, row) for row in rows.to_pylist()], pa.uint64())


class _Numbers(Sequence[int]):
    """The row numbers as a sequence that is read where it is looked at."""

    def __init__(self, order: OrderFile) -> None:
        self._order = order

    def __len__(self) -> int:
        return self._order.count

    def __getitem__(self, place):  # type: ignore[no-untyped-def]  # both overloads of Sequence
        return self._order.rows(place, place + 1)[0].as_py()


class OrderFiles:
    """The folder of row orders, kept below `limit` bytes."""

    def __init__(self, folder: Path, limit: int, spill: Path | None = None) -> None:
        """Files begin in `spill`, on the same disk, which is swept when their maker dies."""
        self._folder = folder
        self._spill = spill or folder
        self._limit = limit
        folder.mkdir(parents=True, exist_ok=True)

    def find(self, digest: str, row_type: pa.DataType) -> OrderFile | None:
        """Return the order kept under this name, now marked as used; None if there is none."""
        path = self._path(digest)
        if not touch(path):
            return None
        try:
            return OrderFile(path, row_type)
        except FileNotFoundError:
            return None
        except ValueError:
            path.unlink(missing_ok=True)
            return None

    def find_or_make(
        self, digest: str, row_type: pa.DataType, make: Callable[[], object]
    ) -> OrderFile:
        """Return the order under this name. However many ask at once, one of them makes it.

        `make` calls `make` of this folder, in this process or another. Raises RowSetGone if the
        order it made had to make room at once.
        """
        found = self.find(digest, row_type)
        if found is not None:
            return found
        with self.lock(digest):
            found = self.find(digest, row_type)
            if found is None:
                make()
                found = self.find(digest, row_type)
        if found is None:
            raise RowSetGone(digest)
        return found

    def make(
        self, digest: str, row_type: pa.DataType, batches: Iterator[pa.RecordBatch]
    ) -> OrderFile:
        """Keep these row numbers under this name, whether or not there are some already.

        The batches' only column holds numbers of `row_type`.
        """
        path = self._path(digest)
        with tempfile.NamedTemporaryFile(dir=self._spill, delete=False) as file:
            temporary = Path(file.name)
            try:
                _write(file.fileno(), row_type, batches)
                order = OrderFile(temporary, row_type)
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        keep_below(self._folder, f"*{_SUFFIX}", self._limit, keep=path)
        return order

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}{_SUFFIX}"

    def lock(self, digest: str) -> AbstractContextManager[None]:
        """Hold the lock for this name against other threads and processes."""
        return locked(self._folder, digest)


def _write(descriptor: int, row_type: pa.DataType, batches: Iterator[pa.RecordBatch]) -> None:
    """Write row numbers and trailer, and have them on disk before the file gets its name."""
    width, count = row_type.bit_width // 8, 0
    for batch in batches:
        column = batch.column(0)
        first = column.offset * width
        view = memoryview(_values(column))[first : first + len(column) * width]
        while view:
            view = view[os.write(descriptor, view) :]
        count += len(column)
    os.write(descriptor, _TRAILER.pack(_MAGIC, width, count))
    os.fsync(descriptor)


def _values(column: RowNumbers) -> pa.Buffer:
    values = column.buffers()[1]
    return pa.py_buffer(b"") if values is None else values
