"""A look at rows: which values a column has, for words in sentences and evidence for joins."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi_executor.sources.connector import Connector, fetch, qualified, quoted
from kpi_executor.sources.errors import SourceError
from kpi_executor.sources.stored_types import as_stored
from kpi_executor.sources.tables import Column, Table

_COUNTED_AT_ONCE = 20
_KEPT_AS_TEXT = ("date", "timestamp", "time", "boolean")


@dataclass(frozen=True, slots=True)
class ProfileLimits:
    """How much to look at. Beyond ``seconds`` tables are returned without values.

    Up to ``whole_below_rows`` all values are counted, and texts in at most ``most_values`` kinds
    fetched; up to ``exact_below_rows`` only those that the sample has once each are counted, and
    texts in at most ``few_values`` kinds fetched. Of others, the kinds of the sample are kept.
    Rows that the source has not counted (views, tables never analysed) are, up to
    ``whole_below_rows``; with more of them only the sample is known.
    """

    seconds: float = 30.0
    sample_rows: int = 10_000
    few_values: int = 50
    most_values: int = 5_000
    longest_value: int = 100
    whole_below_rows: int = 200_000
    exact_below_rows: int = 1_000_000


@dataclass(frozen=True, slots=True)
class _Seen:
    """A column and the different values that a sample of its table has."""

    column: Column
    kinds: pa.Array[Any]

    @property
    def texts(self) -> bool:
        """Whether the values are texts: SQLite keeps dates and truth values so, too."""
        return self.column.type == "text" or (
            self.column.type in _KEPT_AS_TEXT and pa.types.is_string(self.kinds.type)
        )


def profile(
    connector: Connector, tables: Sequence[Table], limits: ProfileLimits | None = None
) -> list[Table]:
    """Return the tables with what their columns hold; one that cannot be read stays without."""
    limits = limits or ProfileLimits()
    deadline = time.monotonic() + limits.seconds
    return [
        _profiled(connector, table, limits, deadline) if time.monotonic() < deadline else table
        for table in tables
    ]


def _profiled(connector: Connector, table: Table, limits: ProfileLimits, deadline: float) -> Table:
    name = qualified(table.schema, table.name)
    try:
        sample = fetch(
            connector,
            f"SELECT * FROM {name} LIMIT {limits.sample_rows}",  # noqa: S608
            exact_types=True,
        )
        if connector.dialect == "sqlite":
            table = as_stored(table, sample)
        seen = [
            _Seen(column, pc.unique(values.drop_null()))
            for column, values in zip(table.columns, sample, strict=True)
        ]
        rows = len(sample[0]) if sample else 0
        if rows < limits.sample_rows:
            return _seen_whole(table, seen, rows, limits)
        return _seen_in_part(connector, table, seen, limits, deadline)
    except SourceError:
        return table


def _seen_whole(table: Table, seen: Sequence[_Seen], rows: int, limits: ProfileLimits) -> Table:
    columns = [
        replace(
            one.column,
            distinct=len(one.kinds),
            unique=1 < rows == len(one.kinds),
            values=_texts(one.kinds, limits) if one.texts else (),
        )
        if _countable(one.column)
        else one.column
        for one in seen
    ]
    return replace(table, columns=tuple(columns), rows=rows if seen else table.rows)


def _seen_in_part(
    connector: Connector,
    table: Table,
    seen: Sequence[_Seen],
    limits: ProfileLimits,
    deadline: float,
) -> Table:
    if table.rows is None:
        table = replace(table, rows=_rows_up_to(connector, table, limits.whole_below_rows))
    rows, counted = _counted(connector, table, list(_to_count(table, seen, limits)), deadline)
    columns = []
    for one in seen:
        column = counted.get(one.column.name, one.column)
        kinds = one.kinds
        if one.texts:
            most = _most_fetched(table, replace(one, column=column), limits)
            if most is not None and time.monotonic() < deadline:
                kinds = _all_values(connector, table, column, most)
            column = replace(column, values=_texts(kinds, limits))
        columns.append(column)
    return replace(table, columns=tuple(columns), rows=table.rows if rows is None else rows)


def _rows_up_to(connector: Connector, table: Table, most: int) -> int | None:
    """Return how many rows there are, None if more than `most`."""
    some = f"SELECT 1 FROM {qualified(table.schema, table.name)} LIMIT {most + 1}"  # noqa: S608
    (counted,) = fetch(connector, f"SELECT COUNT(*) FROM ({some}) AS r")  # noqa: S608
    rows = int(counted[0].as_py())
    return rows if rows <= most else None


def _countable(column: Column) -> bool:
    return column.type not in ("binary", "other")


def _to_count(table: Table, seen: Sequence[_Seen], limits: ProfileLimits) -> Iterator[Column]:
    """Yield the columns whose values are counted in all rows: in a large table, likely keys."""
    if table.rows is None or table.rows > limits.exact_below_rows:
        return
    small = table.rows <= limits.whole_below_rows
    for one in seen:
        likely = one.column.type in ("text", "integer") and len(one.kinds) == limits.sample_rows
        if likely or (small and _countable(one.column)):
            yield one.column


def _counted(
    connector: Connector, table: Table, columns: Sequence[Column], deadline: float
) -> tuple[int | None, dict[str, Column]]:
    """Return how many rows there are, and the columns, by name, with their values counted in all.

    Those of a type whose values cannot be compared, and those counted with them, are left out; so
    is all that comes after the deadline.
    """
    rows: int | None = None
    found: dict[str, Column] = {}
    name = qualified(table.schema, table.name)
    for start in range(0, len(columns), _COUNTED_AT_ONCE):
        if time.monotonic() > deadline:
            break
        some = columns[start : start + _COUNTED_AT_ONCE]
        counts = ", ".join(f"COUNT(DISTINCT {quoted(column.name)})" for column in some)
        try:
            read = fetch(connector, f"SELECT COUNT(*), {counts} FROM {name}")  # noqa: S608
        except SourceError:
            continue
        rows, *kinds = (int(count[0].as_py()) for count in read)
        for column, distinct in zip(some, kinds, strict=True):
            found[column.name] = replace(column, distinct=distinct, unique=rows == distinct)
    return rows, found


def _most_fetched(table: Table, seen: _Seen, limits: ProfileLimits) -> int | None:
    """Return up to how many kinds of texts are fetched from all rows; None: the sample will do."""
    if table.rows is None or table.rows > limits.exact_below_rows:
        return None
    distinct = seen.column.distinct
    if distinct is not None and table.rows <= limits.whole_below_rows:
        most = min(distinct, limits.most_values)
        return most if len(seen.kinds) < most else None
    return limits.few_values + 1 if len(seen.kinds) <= limits.few_values else None


def _all_values(connector: Connector, table: Table, column: Column, most: int) -> pa.Array[Any]:
    name = quoted(column.name)
    (found,) = fetch(
        connector,
        f"SELECT DISTINCT {name} FROM {qualified(table.schema, table.name)} "  # noqa: S608
        f"WHERE {name} IS NOT NULL LIMIT {most}",
    )
    return found


def _texts(kinds: pa.Array[Any], limits: ProfileLimits) -> tuple[str, ...]:
    texts = kinds[: limits.most_values].cast(pa.string()).to_pylist()
    return tuple(
        sorted(text for text in texts if text is not None and 0 < len(text) <= limits.longest_value)
    )
