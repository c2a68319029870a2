"""The folder of row files, each named by the hash of the part whose rows it holds.

Processes share it. A file is complete from the moment it has its name, and may be deleted at any
time: its rows are still in the part.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from kpi_results.rows.disk import keep_below, locked, touch
from kpi_results.rows.result import StoredResult
from kpi_results.rows.row_file import Block, RowFile, can_hold, decode, write_row_file

_SUFFIX = ".blocks"


class RowFiles:
    """Row files kept below `limit` bytes. One instance serves all threads."""

    def __init__(self, folder: Path, spill: Path, limit: int) -> None:
        """Files begin in `spill`, on the same disk, which is swept when their maker dies."""
        self._folder = folder
        self._spill = spill
        self._limit = limit
        folder.mkdir(parents=True, exist_ok=True)

    def read(
        self, result: StoredResult, rows: Sequence[int], columns: Sequence[int] | None
    ) -> pa.Table | None:
        """Return the rows with these distinct numbers, in their order; None without row files.

        Raises PartDamaged for a damaged part, whatever its row file holds.
        """
        schema = result.schema()
        messages: list[bytes] = []
        places: dict[int, int] = {}
        held = 0
        for part, members in groupby(sorted(rows), key=result.part_of):
            start = result.starts[part]
            blocks = self._blocks(result, part, [row - start for row in members])
            if blocks is None or not result.footer(part).schema.equals(schema):
                return None
            for block in blocks:
                messages.append(block.message)
                places.update((start + row, held + row - block.first) for row in block.wanted)
                held += block.rows
        table = decode(schema, messages).take([places[row] for row in rows])
        return table if columns is None else table.select(list(columns))

    def _blocks(self, result: StoredResult, part: int, rows: Sequence[int]) -> list[Block] | None:
        footer, path = result.footer(part), self._path(result, part)
        if not touch(path):
            return None
        try:
            with closing(RowFile(path, footer.rows)) as file:
                return list(file.blocks(rows))
        except OSError:  # given up just now, or not readable: the part is
            return None
        except ValueError:
            path.unlink(missing_ok=True)
            return None

    def hold(self, result: StoredResult) -> bool:
        """Whether every part of the result has its row file."""
        return all(self._path(result, part).exists() for part in _parts(result))

    def make(self, result: StoredResult) -> bool:
        """Make the row files that are missing, from verified parts.

        False if those of this result cannot be kept: their columns do not fit, or they are so
        many bytes that they would crowd each other out. Raises PartDamaged, OSError.
        """
        if not can_hold(result.schema()):
            return False
        taken = 0
        for part in _parts(result):
            taken += self._make_part(result, part)
            if taken > self._limit * result.starts[part + 1] / result.rows:
                return False
        return True

    def _make_part(self, result: StoredResult, part: int) -> int:
        """Return the size of the part's row file."""
        path = self._path(result, part)
        with locked(self._folder, path.stem):
            if not path.exists():
                self._write(result, part, path)
            keep_below(self._folder, f"*{_SUFFIX}", self._limit, keep=path)
            return path.stat().st_size

    def _write(self, result: StoredResult, part: int, path: Path) -> None:
        # Not forced to the disk before it has its name: what a crash spoils, checksums find.
        with tempfile.NamedTemporaryFile(dir=self._spill, delete=False) as file:
            temporary = Path(file.name)
            try:
                with result.held(part) as stored:
                    write_row_file(stored, result.footer(part), file)
                file.close()
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def _path(self, result: StoredResult, part: int) -> Path:
        return self._folder / f"{result.manifest.parts[part].sha256}{_SUFFIX}"


def _parts(result: StoredResult) -> range:
    return range(len(result.manifest.parts))
