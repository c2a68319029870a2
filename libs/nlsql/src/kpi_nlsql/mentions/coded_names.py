"""Coded names: a key that is called by its noun alone is also the noun's number, code or id.

"the material number" is ``MATERIAL``, and "product numbers" are kept in ``Product``, unless the
things themselves have a number of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.schema.graph import Column, Graph, Table
from kpi_nlsql.schema.key_names import KEY_TAILS

SAID = tuple(stem(word) for word in ("number", "code", "id"))
"""What is said behind the noun."""


def coded_names(graph: Graph) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the tables and columns of such keys, with each name (stems) they are called by."""
    joined = {(j.left_table, c) for j in graph.joins for c in j.left_columns}
    joined |= {(j.right_table, c) for j in graph.joins for c in j.right_columns}
    for table in graph.tables:
        for column in table.columns:
            if not _keeps_codes(table, column, joined):
                continue
            for name in column.display_names:
                if name.split()[-1] not in KEY_TAILS:
                    yield from ((table.name, column.name, (*stems(name), tail)) for tail in SAID)


def _keeps_codes(table: Table, column: Column, joined: set[tuple[str, str]]) -> bool:
    key = column.unique or table.primary_key == (column.name,)
    text = column.family == "text" and not column.dated and not column.measures
    return text and (key or (table.name, column.name) in joined)
