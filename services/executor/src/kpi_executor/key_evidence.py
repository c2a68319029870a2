"""Evidence for keys from the rows: telling numbers, and pairs of columns that tell rows apart."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import pyarrow as pa

from kpi_executor.sources import Connector, SourceError
from kpi_executor.sources.connector import fetch, qualified, quoted
from kpi_nlsql import Column, Table
from kpi_nlsql.schema.key_names import numbering
from kpi_nlsql.schema.key_pairs import key_pairs
from kpi_nlsql.schema.shared_values import TELLING_NUMBER


@dataclass(frozen=True, slots=True)
class KeyLimits:
    """How much to look at: rows a table, numbers a column, columns in all, and seconds in all.

    Of larger tables the numbers in their first ``rows`` are read, and pairs are not counted. Of
    those whose size nobody knows, most of them views, only the first ``rows_of_views`` are read.
    """

    rows: int = 200_000
    rows_of_views: int = 10_000
    numbers: int = 5_000
    columns: int = 500
    seconds: float = 20.0


def with_key_evidence(
    connector: Connector, tables: Sequence[Table], limits: KeyLimits | None = None
) -> list[Table]:
    """Return the tables with the numbers of their columns that may be keys, and their key pairs.

    Beyond the limits, and where the source refuses, they stay without.
    """
    limits = limits or KeyLimits()
    deadline = time.monotonic() + limits.seconds
    numbered = ((table.name, name) for table in tables for name in numbering(table))
    wanted = set(islice(numbered, limits.columns))
    found = []
    for table in tables:
        columns = tuple(
            replace(column, numbers=_numbers(connector, table, column, limits))
            if (table.name, column.name) in wanted and time.monotonic() < deadline
            else column
            for column in table.columns
        )
        pairs = tuple(_key_pairs(connector, table, limits.rows, deadline))
        found.append(replace(table, columns=columns, key_pairs=pairs))
    return found


def _numbers(
    connector: Connector, table: Table, column: Column, limits: KeyLimits
) -> tuple[int, ...]:
    """Return the smallest telling numbers: an unchanged source must give an unchanged graph."""
    most = limits.rows_of_views if table.row_count is None else limits.rows
    where = qualified(table.schema, table.name)
    rows = f"SELECT {quoted(column.name)} AS n FROM {where} LIMIT {most}"  # noqa: S608
    try:
        (found,) = fetch(
            connector,
            f"SELECT DISTINCT n FROM ({rows}) AS r WHERE n >= {TELLING_NUMBER} "  # noqa: S608
            f"ORDER BY 1 LIMIT {limits.numbers}",
        )
        return tuple(number for number in found.cast(pa.int64()).to_pylist() if number is not None)
    except (SourceError, pa.ArrowInvalid):
        # Fractions and texts number nothing.
        return ()


def _key_pairs(
    connector: Connector, table: Table, most_rows: int, deadline: float
) -> Iterator[tuple[str, ...]]:
    if (table.row_count or 0) > most_rows:
        return iter(())

    def counted(columns: tuple[str, ...]) -> int | None:
        in_time = time.monotonic() <= deadline
        return _kinds(connector, table, columns) if in_time else None

    return key_pairs(table, counted)


def _kinds(connector: Connector, table: Table, columns: tuple[str, ...]) -> int | None:
    """Return how many different values the columns have together, None if that is not known."""
    kinds = (
        f"SELECT DISTINCT {', '.join(map(quoted, columns))} "  # noqa: S608
        f"FROM {qualified(table.schema, table.name)}"
    )
    try:
        (counted,) = fetch(connector, f"SELECT COUNT(*) FROM ({kinds}) AS p")  # noqa: S608
    except SourceError:
        return None
    return int(counted[0].as_py())
