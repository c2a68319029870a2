"""The value dictionary that a stored graph keeps: enough for sentences, bounded in size.

While a graph is made, all values that were seen are evidence for joins. What is stored is read
again for every engine and shown to whoever reads the graph, so columns of many values go without.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql import Column, Graph
from kpi_nlsql.schema.graph import Contents

FEW_VALUES = 50
MOST_VALUES = 1_000
MOST_IN_ALL = 50_000


def abridged(graph: Graph, most_in_all: int = MOST_IN_ALL) -> Graph:
    """Return the graph without the values of columns that have too many.

    Columns of few values (50) keep them always, others (up to 1,000) while there is room. What
    the values say of their kind (dates, amounts) stays.
    """
    room = most_in_all
    tables = []
    for table in graph.tables:
        columns = []
        for column in table.columns:
            kept = _fits(column, room)
            columns.append(column if kept else _without_values(column))
            room -= len(column.values) if kept else 0
        tables.append(replace(table, columns=tuple(columns)))
    return replace(graph, tables=tuple(tables))


def _fits(column: Column, room: int) -> bool:
    return len(column.values) <= FEW_VALUES or len(column.values) <= min(MOST_VALUES, room)


def _without_values(column: Column) -> Column:
    """Return the column without its values, but with what they tell of its kind."""
    holds: Contents | None = "dates" if column.dated else "amounts" if column.measures else None
    return replace(column, values=(), holds=holds)
