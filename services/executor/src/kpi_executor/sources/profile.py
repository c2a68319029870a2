"""A look at rows: which values a column has, for words in sentences and evidence for joins."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi_executor.sources.connector import Connector, quoted
from kpi_executor.sources.errors import SourceError
from kpi_executor.sources.tables import Column, Table


@dataclass(frozen=True, slots=True)
class ProfileLimits:
    """How much to look at. Beyond ``seconds`` tables are returned without values.

    Of texts in at most ``few_values`` kinds all kinds are fetched, of others those of the sample.
    """

    seconds: float = 30.0
    sample_rows: int = 10_000
    few_values: int = 50
    most_values: int = 5_000
    longest_value: int = 100
    exact_below_rows: int = 1_000_000


def profile(
    connector: Connector, tables: Sequence[Table], limits: ProfileLimits | None = None
) -> list[Table]:
    """Return the tables with what their columns hold; one that cannot be read stays without."""
    limits = limits or ProfileLimits()
    deadline = time.monotonic() + limits.seconds
    return [
        _profiled(connector, table, limits) if time.monotonic() < deadline else table
        for table in tables
    ]


def _profiled(connector: Connector, table: Table, limits: ProfileLimits) -> Table:
    try:
        sample = _read(connector, f"SELECT * FROM {_name(table)} LIMIT {limits.sample_rows}")  # noqa: S608
        columns = [
            _described(connector, table, column, values, limits)
            for column, values in zip(table.columns, sample, strict=True)
        ]
    except SourceError:
        return table
    rows = len(sample[0]) if sample and len(sample[0]) < limits.sample_rows else table.rows
    return replace(table, columns=tuple(columns), rows=rows)


def _described(
    connector: Connector,
    table: Table,
    column: Column,
    sample: pa.Array[Any],
    limits: ProfileLimits,
) -> Column:
    if column.type in ("binary", "other"):
        return column
    kinds = pc.unique(sample.drop_null())
    whole = len(sample) < limits.sample_rows
    countable = whole or (table.rows is not None and table.rows <= limits.exact_below_rows)
    if whole:
        column = replace(column, distinct=len(kinds), unique=1 < len(sample) == len(kinds))
    elif countable and column.type in ("text", "integer") and len(kinds) == len(sample):
        column = _counted(connector, table, column)
    if column.type != "text":
        return column
    if countable and not whole and len(kinds) <= limits.few_values:
        kinds = _all_values(connector, table, column, limits.few_values)
    return replace(column, values=_texts(kinds[: limits.most_values], limits.longest_value))


def _counted(connector: Connector, table: Table, column: Column) -> Column:
    """Return a column that is unique in the sample with its distinct values counted in all rows."""
    name = quoted(column.name)
    counts = _read(connector, f"SELECT COUNT(*), COUNT(DISTINCT {name}) FROM {_name(table)}")  # noqa: S608
    rows, distinct = (int(count[0].as_py()) for count in counts)
    return replace(column, distinct=distinct, unique=rows == distinct)


def _all_values(connector: Connector, table: Table, column: Column, most: int) -> pa.Array[Any]:
    name = quoted(column.name)
    found = _read(
        connector,
        f"SELECT DISTINCT {name} FROM {_name(table)} WHERE {name} IS NOT NULL LIMIT {most + 1}",  # noqa: S608
    )
    return found[0]


def _read(connector: Connector, sql: str) -> list[pa.Array[Any]]:
    """Return the result's columns."""
    stream = connector.execute(sql, exact_types=True)
    read = pa.Table.from_batches(list(stream.batches), schema=stream.schema)
    return [column.combine_chunks() for column in read.columns]


def _texts(values: pa.Array[Any], longest: int) -> tuple[str, ...]:
    texts = values.cast(pa.string()).to_pylist()
    return tuple(sorted(text for text in texts if text is not None and 0 < len(text) <= longest))


def _name(table: Table) -> str:
    return f"{quoted(table.schema)}.{quoted(table.name)}" if table.schema else quoted(table.name)
