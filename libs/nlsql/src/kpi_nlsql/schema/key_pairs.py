"""Key pairs: columns that together tell the rows of a table apart, where none does alone.

Two where two are enough, else three: a meter's readings go by station, feeder and month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from math import prod

from kpi_nlsql.english.words import parts
from kpi_nlsql.schema.graph import NEARLY_UNIQUE, Column, Table
from kpi_nlsql.schema.key_names import KEY_TAILS, called_key

_MOST_PARTS = 8
_PARTS = frozenset("item itm line ln position pos row sequence seq".split())  # noqa: SIM905
"""Last words of the names of columns that number what something consists of."""
_PERIODS = frozenset("year yr quarter qtr month period per week".split())  # noqa: SIM905

Counted = Callable[[tuple[str, ...]], int | None]
"""Tells how many different values some columns have together; None if that is not known."""


def key_pairs(table: Table, counted: Counted) -> Iterator[tuple[str, ...]]:
    """Yield the pairs of columns that tell the rows apart, or the triples where no pair does."""
    for size in (2, 3):
        found = False
        for columns in keys_to_try(table, size):
            names = tuple(column.name for column in columns)
            kinds = counted(names)
            if kinds is not None and tells_apart(kinds, table.row_count or 0):
                found = True
                yield names
        if found:
            return


def numbers_parts(column: Column) -> bool:
    """Tell whether a column numbers what something consists of: ``PO_LINE``, ``ln_no``."""
    words = [word for word in parts(column.name) if word not in KEY_TAILS]
    return not _PARTS.isdisjoint(words[-1:])


def numbers_periods(name: str) -> bool:
    """Tell whether a column is called as one of years or parts of a year: ``fisc_yr``."""
    return not _PERIODS.isdisjoint(parts(name)[-1:])


def keys_to_try(table: Table, size: int) -> Iterator[tuple[Column, ...]]:
    """Yield the columns whose values are worth counting together, at most 28 pairs, 56 triples.

    None where nobody has counted rows and values, or where a key or a column tells the rows apart.
    """
    if table.primary_key or not table.row_count:
        return
    if any(table.identifies((column.name,)) for column in table.columns if not _is_amount(column)):
        return
    likely = [c for c in table.columns if not _is_amount(c) and (c.distinct or 0) > 1]
    for columns in combinations(likely[:_MOST_PARTS], size):
        if tells_apart(prod(column.distinct or 0 for column in columns), table.row_count):
            yield columns


def tells_apart(kinds: int, rows: int) -> bool:
    """Tell whether so many different values tell (nearly) all of so many rows apart."""
    return kinds >= rows * NEARLY_UNIQUE


def _is_amount(column: Column) -> bool:
    """Tell whether a column measures rather than numbers or names.

    That no two rows have the same price is chance; ``PO_ITEM`` numbers the rows of an order.
    """
    named = called_key(column.name) or numbers_periods(column.name)
    numbers = named or not _PARTS.isdisjoint(parts(column.name)[-1:])
    return column.family == "number" and not numbers
