"""Rows by number: decode only the row groups they lie in, and hand them over in any order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kpi_results.rows.errors import PartDamaged
from kpi_results.rows.result import RowNumbers, StoredResult

_POOL = ThreadPoolExecutor(os.cpu_count() or 1, "decode")
_FEW_ROWS = 1_000  # a page at most; decoding row groups serves many rows better
_GROUPS_PER_TASK = 8  # enough to spread the cost of opening a file, few enough to share out


@dataclass(frozen=True, slots=True)
class Slice:
    """Wanted rows of one row group, relative to it: those in `rows`, or else start to stop."""

    part: int
    group: int
    start: int
    stop: int
    rows: RowNumbers | None = None


def gather_range(
    result: StoredResult, start: int, stop: int, columns: Sequence[int] | None = None
) -> pa.Table:
    """Rows start ≤ r < stop in stored order, of all columns or of those given by index.

    Raises PartDamaged.
    """
    found = _from_row_files(result, range(start, stop), columns)
    if found is not None:
        return found
    return read_slices(result, _slices_of_range(result, start, stop), columns)


def gather(
    result: StoredResult, rows: RowNumbers, columns: Sequence[int] | None = None
) -> pa.Table:
    """Return the rows with these (distinct) numbers, in the order of `rows`. Raises PartDamaged."""
    if len(rows) <= _FEW_ROWS:
        numbers: list[int] = rows.to_pylist()  # type: ignore[assignment]  # none is NULL
        found = _from_row_files(result, numbers, columns)
        if found is not None:
            return found
    if is_ascending(rows):
        return read_slices(result, _slices_of_rows(result, rows), columns)
    order = pc.sort_indices(rows)
    table = read_slices(result, _slices_of_rows(result, rows.take(order)), columns)
    return table.combine_chunks().take(pc.sort_indices(order))


def _from_row_files(
    result: StoredResult, rows: Sequence[int], columns: Sequence[int] | None
) -> pa.Table | None:
    """Return the rows if they are few and can be read one by one."""
    if result.row_files is None or not 0 < len(rows) <= _FEW_ROWS:
        return None
    return result.row_files.read(result, rows, columns)


def read_slices(
    result: StoredResult, slices: Iterator[Slice], columns: Sequence[int] | None
) -> pa.Table:
    """Return the slices' rows, one after the other. Raises PartDamaged."""
    wanted = result.columns if columns is None else [result.columns[index] for index in columns]
    names = [column.physical for column in wanted]
    reads = _POOL.map(lambda task: _read_task(result, task, names), list(_tasks(slices)))
    tables = list(reads)
    if tables:
        return pa.concat_tables(tables)
    return result.empty_table().select(names)


def is_ascending(rows: RowNumbers) -> bool:
    """Whether every row number is greater than the one before."""
    return len(rows) < 2 or bool(pc.all(pc.greater(rows[1:], rows[:-1])).as_py())


def _slices_of_range(result: StoredResult, start: int, stop: int) -> Iterator[Slice]:
    row = start
    while row < stop:
        part = result.part_of(row)
        footer, base = result.footer(part), result.starts[part]
        group = footer.group_of(row - base)
        first, end = base + footer.starts[group], base + footer.starts[group + 1]
        yield Slice(part, group, row - first, min(stop, end) - first)
        row = end


def _slices_of_rows(result: StoredResult, ascending: RowNumbers) -> Iterator[Slice]:
    position = 0
    while position < len(ascending):
        row = ascending[position].as_py()
        part = result.part_of(row)
        footer, base = result.footer(part), result.starts[part]
        group = footer.group_of(row - base)
        first, end = base + footer.starts[group], base + footer.starts[group + 1]
        after = _lower_bound(ascending, end, position)
        count = after - position
        is_run = ascending[after - 1].as_py() - row == count - 1
        if is_run and 2 * count >= end - first:  # a slice keeps its whole row group in memory
            yield Slice(part, group, row - first, row - first + count)
        else:
            relative = pc.subtract(ascending[position:after].cast(pa.int64()), first)
            yield Slice(part, group, 0, 0, relative)
        position = after


def _lower_bound(ascending: RowNumbers, value: int, low: int) -> int:
    """First position from `low` on whose row number is at least `value`."""
    high = len(ascending)
    while low < high:
        middle = (low + high) // 2
        if ascending[middle].as_py() < value:
            low = middle + 1
        else:
            high = middle
    return low


def _tasks(slices: Iterator[Slice]) -> Iterator[list[Slice]]:
    for _, of_part in groupby(slices, key=lambda piece: piece.part):
        pieces = list(of_part)
        for first in range(0, len(pieces), _GROUPS_PER_TASK):
            yield pieces[first : first + _GROUPS_PER_TASK]


def _read_task(result: StoredResult, task: list[Slice], names: list[str]) -> pa.Table:
    """Slices of one part. A file opened here is used by one thread only."""
    part = task[0].part
    footer = result.footer(part)
    with result.held(part) as path:
        try:
            with pq.ParquetFile(path, metadata=footer.metadata) as file:
                return pa.concat_tables([_read_slice(file, piece, names) for piece in task])
        except (OSError, pa.ArrowException) as error:
            key = result.manifest.parts[part].key
            raise PartDamaged(key, f"reading failed ({error})") from error


def _read_slice(file: pq.ParquetFile, piece: Slice, names: list[str]) -> pa.Table:
    table = file.read_row_group(piece.group, columns=names, use_threads=False)
    if piece.rows is None:
        return table.slice(piece.start, piece.stop - piece.start)
    return table.take(piece.rows)
