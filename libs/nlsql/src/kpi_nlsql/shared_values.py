"""Shared values: pairs of text columns whose value dictionaries overlap, whatever their names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from kpi_nlsql.graph import Column, Table

MINIMUM_SHARE = 0.5
"""Of the smaller column's values, the share that the larger one must have."""

_FEWEST_VALUES = 10
_MOST_HOLDERS = 12
_CODE = re.compile(r"(?=.*\d)[^\s]{2,}")
_SAMPLE = 20

Holder = tuple[Table, Column]


def sharing(tables: Sequence[Table]) -> Iterator[tuple[Holder, Holder, float]]:
    """Yield the pairs of columns that share values, and the share (0..1).

    A value in more than a dozen columns says nothing; only columns of many values are looked at.
    """
    columns = [
        (table, column)
        for table in tables
        for column in table.columns
        if len(column.values) >= _FEWEST_VALUES and column.family != "date"
    ]
    holders: dict[str, list[int]] = defaultdict(list)
    for index, (_, column) in enumerate(columns):
        for value in column.values:
            holders[value].append(index)
    common: Counter[tuple[int, int]] = Counter()
    for found in holders.values():
        if 1 < len(found) <= _MOST_HOLDERS:
            common.update((a, b) for a in found for b in found if a < b)
    for (a, b), count in common.items():
        smaller = min(len(columns[a][1].values), len(columns[b][1].values))
        if count / smaller >= MINIMUM_SHARE:
            yield columns[a], columns[b], count / smaller


def share(left: Sequence[str], right: Sequence[str]) -> float:
    """Return the share of the smaller set's values that the larger one has, 0..1."""
    a, b = set(left), set(right)
    return len(a & b) / min(len(a), len(b))


def holds_codes(column: Column) -> bool:
    """Tell whether the values look like codes: a digit in each and no blank."""
    return all(_CODE.fullmatch(value) for value in column.values[:_SAMPLE])
