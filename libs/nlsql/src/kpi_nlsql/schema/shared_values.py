"""Shared values: pairs of text columns whose value dictionaries overlap, whatever their names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.key_names import called_key, reaches_many

MINIMUM_SHARE = 0.5
"""Of the smaller column's values, the share that the larger one must have."""

TELLING_NUMBER = 1_000
"""The number from which on numbers tell something: small ones are counted everywhere."""

_SHARE_OF_KEYS = 0.2
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
        if len(_known(column)) >= _FEWEST_VALUES and column.family != "date"
        if not reaches_many(column)
    ]
    holders: dict[str | int, list[int]] = defaultdict(list)
    for index, (_, column) in enumerate(columns):
        for value in _known(column):
            holders[value].append(index)
    common: Counter[tuple[int, int]] = Counter()
    for found in holders.values():
        if 1 < len(found) <= _MOST_HOLDERS:
            common.update((a, b) for a in found for b in found if a < b)
    for (a, b), count in common.items():
        left, right = columns[a][1], columns[b][1]
        smaller = min(len(_known(left)), len(_known(right)))
        if count / smaller >= _least_share(left, right) and not (
            _counts_up(left) and _counts_up(right)
        ):
            yield columns[a], columns[b], count / smaller


def _least_share(left: Column, right: Column) -> float:
    """Return the share from which on two columns hold the same: less for codes of keys.

    Few of the contractors have a badge; that ten codes are the same is no chance.
    """
    keys = all(called_key(c.name) and c.values and holds_codes(c) for c in (left, right))
    return _SHARE_OF_KEYS if keys and (left.unique or right.unique) else MINIMUM_SHARE


def _known(column: Column) -> Sequence[str | int]:
    return column.values or column.numbers


def _counts_up(column: Column) -> bool:
    """Tell whether the rows are numbered one after the other: as other tables' rows may be."""
    if not column.unique or not column.numbers:
        return False
    lowest = min(column.numbers)
    if len(column.numbers) < (column.distinct or 0) and lowest < TELLING_NUMBER + _FEWEST_VALUES:
        return True  # from one on: the numbers below the telling ones are not kept
    return max(column.numbers) - lowest < 2 * len(column.numbers)


def share(left: Sequence[str | int], right: Sequence[str | int]) -> float:
    """Return the share of the smaller set's values that the larger one has, 0..1."""
    a, b = set(left), set(right)
    return len(a & b) / min(len(a), len(b))


def holds_codes(column: Column) -> bool:
    """Tell whether the values look like codes: a digit in each and no blank."""
    if column.dated:
        return False
    return all(_CODE.fullmatch(value) for value in column.values[:_SAMPLE])
