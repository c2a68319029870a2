"""Building a graph from bare tables: display names filled in, joins inferred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kpi_nlsql.schema.graph import Column, Graph, Join, Table
from kpi_nlsql.schema.joins import infer_joins
from kpi_nlsql.schema.naming import column_names, dated_names, table_names


def with_names(table: Table) -> Table:
    """Return the table with display names added behind those it and its columns already have."""
    columns = tuple(
        replace(
            column,
            display_names=_merged(column.display_names, _names(column, table)),
        )
        for column in table.columns
    )
    names = _merged(table.display_names, table_names(table.name))
    return replace(table, columns=columns, display_names=names)


def _names(column: Column, table: Table) -> tuple[str, ...]:
    names = column_names(column.name, table.name)
    return (*names, *dated_names(names)) if column.dated else names


def build_graph(
    name: str,
    tables: Iterable[Table],
    joins: Sequence[Join] = (),
    *,
    version: int = 1,
    dialect: str = "sqlite",
) -> Graph:
    """Return a graph over ``tables``; ``joins`` are the declared ones, candidates are added."""
    named = tuple(with_names(table) for table in tables)
    kept = tuple(map(_without_numbers, named))
    return Graph(name, version, dialect, kept, infer_joins(named, joins))


def _without_numbers(table: Table) -> Table:
    """Return the table without what was only evidence for its joins."""
    return replace(table, columns=tuple(replace(column, numbers=()) for column in table.columns))


def _merged(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))
