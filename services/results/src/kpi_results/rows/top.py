"""The first rows of a sorted result, from the row groups that can hold them and no others.

Let each row group be represented by its extreme value and its number. Of n groups taken in that
order, every one holds a row that sorts before all rows of the groups left out; so the first n rows
lie in the first n groups. A page of 50 rows thus costs the key columns of 50 row groups, however
many there are. With further sort keys, groups that tie with the last one taken are taken too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from kpi_results.rows.columns import Column, Kind
from kpi_results.rows.engine import Reading
from kpi_results.rows.gather import Slice, read_slices
from kpi_results.rows.query import SortKey
from kpi_results.rows.result import RowNumbers, StoredResult
from kpi_results.rows.sql import ROW, Statement, order_by

_arange: Callable[[int, int], RowNumbers] = pa.arange  # type: ignore[attr-defined]  # not in the stubs
_WORTHWHILE = 0.5  # of all row groups; above, DuckDB's scan of everything is as fast

Extreme = int | float | bytes | bool


@dataclass(frozen=True, slots=True)
class Group:
    """A row group: where it lies and the best value it holds, None if unknown."""

    part: int
    group: int
    rows: int
    best: Extreme | None


def first_rows(
    result: StoredResult, sort: tuple[SortKey, ...], count: int, reading: Reading
) -> RowNumbers:
    """Numbers of the first `count` rows in this order. Raises PartDamaged, EngineFailure."""
    groups = list(_groups(result, sort[0]))
    chosen = choose(groups, sort[0].descending, count, exact=len(sort) == 1)
    if len(chosen) <= _WORTHWHILE * len(groups):
        return _rows_among(result, chosen, sort, count, reading)
    return _rows_among_all(result, sort, count, reading)


def choose(groups: list[Group], descending: bool, count: int, *, exact: bool) -> list[Group]:
    """Return the groups that can hold one of the first `count` rows, in stored order.

    `exact` says that nothing but the row number decides between equal values.
    """
    known = [group for group in groups if group.best is not None]
    unknown = [group for group in groups if group.best is None]
    known.sort(key=_best, reverse=descending)  # stable: equal extremes stay in stored order
    taken = known[:count]
    if not exact and len(taken) == count:
        last = taken[-1].best
        taken += [group for group in known[count:] if group.best == last]
    return sorted([*taken, *unknown], key=lambda group: (group.part, group.group))


def _best(group: Group) -> Extreme:
    if group.best is None:
        raise ValueError("a group without a known extreme has no place in the order")
    return group.best


def _groups(result: StoredResult, key: SortKey) -> Iterator[Group]:
    for part in range(len(result.manifest.parts)):
        footer = result.footer(part)
        for group in range(footer.groups):
            statistics = footer.statistics(group, key.column.physical)
            rows = footer.starts[group + 1] - footer.starts[group]
            yield Group(part, group, rows, _extreme(key, statistics))


def _extreme(key: SortKey, statistics: pq.Statistics | None) -> Extreme | None:
    if statistics is None or not statistics.has_min_max:
        return None
    raw = statistics.max_raw if key.descending else statistics.min_raw
    return _comparable(key.column, raw)


def _comparable(column: Column, raw: object) -> Extreme | None:
    """Return a stored extreme as a value that compares as the column's values do."""
    if isinstance(raw, bytes) and column.kind is Kind.DECIMAL:
        return int.from_bytes(raw, "big", signed=True)
    if isinstance(raw, int) and column.type.startswith("uint"):
        return raw % (1 << int(column.type.removeprefix("uint")))
    if isinstance(raw, bytes) and column.kind not in (Kind.TEXT, Kind.BINARY):
        return None
    if column.kind is Kind.OTHER:
        return None
    return raw if isinstance(raw, bytes | int | float) else None


def _rows_among(
    result: StoredResult,
    groups: list[Group],
    sort: tuple[SortKey, ...],
    count: int,
    reading: Reading,
) -> RowNumbers:
    keys = [key.column.index for key in sort]
    slices = (Slice(group.part, group.group, 0, group.rows) for group in groups)
    table = read_slices(result, slices, keys)
    numbers = pa.concat_arrays([_numbers(result, group) for group in groups])
    table = table.append_column(ROW, numbers.cast(result.row_type))
    reading.give("candidates", table)
    sql = f"SELECT {ROW} FROM candidates ORDER BY {order_by(sort)} LIMIT {int(count)}"  # noqa: S608
    return reading.table(sql).column(0).combine_chunks()


def _numbers(result: StoredResult, group: Group) -> RowNumbers:
    first = result.starts[group.part] + result.footer(group.part).starts[group.group]
    return _arange(first, first + group.rows)


def _rows_among_all(
    result: StoredResult, sort: tuple[SortKey, ...], count: int, reading: Reading
) -> RowNumbers:
    statement = Statement()
    source = statement.rows_of(result)
    sql = f"SELECT {ROW} FROM {source} ORDER BY {order_by(sort)} LIMIT {int(count)}"  # noqa: S608
    return reading.table(sql, statement.parameters).column(0).combine_chunks()
