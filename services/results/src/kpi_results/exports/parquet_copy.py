"""Whole results as Parquet without decoding them: the parts' bytes, behind them a new footer.

The footer holds the row groups of all parts, moved to where they lie in the new file, and the
columns under their own names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kpi_results.exports.parquet_footer import (
    MAGIC,
    TAIL,
    Encoded,
    UnknownFooter,
    read_footer,
    write_footer,
)
from kpi_results.exports.parquet_moving import Names, move, rename
from kpi_results.exports.parquet_structs import FileMetaData
from kpi_results.rows.errors import PartDamaged
from kpi_results.rows.result import StoredResult

_CHUNK = 1 << 20


class PartsCopy:
    """The parts of a result as one Parquet file."""

    def __init__(self, result: StoredResult) -> None:
        """Make the footer. Raises PartDamaged, or UnknownFooter if the parts cannot be joined."""
        self._result = result
        self._joined = _Joined({column.physical: column.key for column in result.columns})
        for part in range(len(result.manifest.parts)):
            result.footer(part)  # raises if it is not what the manifest says
            with result.held(part) as path:
                self._joined.add(path)
        self._end = self._joined.footer(result.rows)

    def chunks(self) -> Iterator[bytes]:
        """Yield the file's bytes. Raises PartDamaged as soon as a part is not what it was."""
        yield MAGIC
        for part, length in enumerate(self._joined.lengths):
            with self._result.held(part) as path:
                try:
                    yield from _body(path, length)
                except (OSError, EOFError) as error:
                    key = self._result.manifest.parts[part].key
                    raise PartDamaged(key, f"copying failed ({error})") from error
                self._result.held(part).release()  # raises if the part was changed meanwhile
        yield self._end


class _Joined:
    """The footer of all parts, added one by one; their row groups are kept as few bytes."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._first: FileMetaData | None = None
        self._groups: list[Encoded] = []
        self.lengths: list[int] = []
        """Bytes of each part between its magic and its footer."""

    def add(self, path: Path) -> None:
        footer, length = _opened(path)
        first = self._first = self._first or footer
        if footer.schema != first.schema:
            raise UnknownFooter("the parts have different schemas")
        distance = sum(self.lengths)
        for group in footer.row_groups:
            move(group, distance, self._names)
            self._groups.append(Encoded(group))
        self.lengths.append(length)
        footer.row_groups = []

    def footer(self, rows: int) -> bytes:
        if self._first is None:
            raise UnknownFooter("there are no parts")
        rename(self._first, self._names)
        self._first.num_rows, self._first.row_groups = rows, self._groups
        return write_footer(self._first)


def _opened(path: Path) -> tuple[FileMetaData, int]:
    """Return a part's footer, and how many bytes lie before it, behind the magic."""
    with path.open("rb") as file:
        end = file.seek(-TAIL.size, os.SEEK_END)
        length, _ = TAIL.unpack(file.read())
        start = file.seek(end - length)
        return read_footer(file.read(length)), start - len(MAGIC)


def _body(path: Path, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(len(MAGIC))
        while length:
            chunk = file.read(min(_CHUNK, length))
            if not chunk:
                raise EOFError("it is cut")
            length -= len(chunk)
            yield chunk
