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
    """How much to look at. Beyond ``seconds`` tables are returned without values."""

    seconds: float = 30.0
    sample_rows: int = 10_000
    samples: int = 100
    most_values: int = 50
    longest_value: int = 100
    exact_below_rows: int = 1_000_000


def profile(
    connector: Connector, tables: Sequence[Table], limits: ProfileLimits | None = None
) -> list[Table]:
    """Return the tables with values and samples; one that cannot be read stays without."""
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
            _with_values(connector, table, column, values, limits)
            for column, values in zip(table.columns, sample, strict=True)
        ]
    except SourceError:
        return table
    return replace(table, columns=tuple(columns))


def _with_values(
    connector: Connector,
    table: Table,
    column: Column,
    values: pa.Array[Any],
    limits: ProfileLimits,
) -> Column:
    if column.type in ("binary", "other"):
        return column
    distinct = pc.unique(values.drop_null())
    samples = _texts(distinct[: limits.samples], limits.longest_value)
    if column.type != "text" or len(distinct) > limits.most_values:
        return replace(column, samples=samples)
    if len(values) == limits.sample_rows and (table.rows or 0) <= limits.exact_below_rows:
        distinct = _all_values(connector, table, column, limits.most_values)
    if len(distinct) > limits.most_values or not _all_short(distinct, limits.longest_value):
        return replace(column, samples=samples)
    return replace(
        column, samples=samples, values=tuple(sorted(_texts(distinct, limits.longest_value)))
    )


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
    return tuple(text for text in texts if text is not None and len(text) <= longest)


def _all_short(values: pa.Array[Any], longest: int) -> bool:
    return all(len(str(text)) <= longest for text in values.to_pylist())


def _name(table: Table) -> str:
    return f"{quoted(table.schema)}.{quoted(table.name)}" if table.schema else quoted(table.name)
