"""Key pairs: two columns that together tell the rows of a table apart, where none does alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from kpi_nlsql.english.words import parts
from kpi_nlsql.schema.graph import NEARLY_UNIQUE, Column, Table
from kpi_nlsql.schema.key_names import called_key

_MOST_PARTS = 8
_PARTS = frozenset("item line position pos row sequence seq".split())  # noqa: SIM905
"""Last words of the names of columns that number what something consists of."""


def pairs_to_try(table: Table) -> Iterator[tuple[Column, Column]]:
    """Yield the pairs of columns whose values are worth counting together, at most 28.

    None where nobody has counted rows and values, or where a key or a column tells the rows apart.
    """
    if table.primary_key or not table.row_count:
        return
    if any(table.identifies((column.name,)) for column in table.columns if not _is_amount(column)):
        return
    likely = [c for c in table.columns if not _is_amount(c) and (c.distinct or 0) > 1]
    for first, second in combinations(likely[:_MOST_PARTS], 2):
        if tells_apart((first.distinct or 0) * (second.distinct or 0), table.row_count):
            yield first, second


def tells_apart(kinds: int, rows: int) -> bool:
    """Tell whether so many different values tell (nearly) all of so many rows apart."""
    return kinds >= rows * NEARLY_UNIQUE


def _is_amount(column: Column) -> bool:
    """Tell whether a column measures rather than numbers or names.

    That no two rows have the same price is chance; ``PO_ITEM`` numbers the rows of an order.
    """
    numbers = called_key(column.name) or not _PARTS.isdisjoint(parts(column.name)[-1:])
    return column.family == "number" and not numbers
