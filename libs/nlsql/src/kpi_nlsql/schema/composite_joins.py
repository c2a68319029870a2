"""Composite joins: tables whose rows meet on two columns together, where no column alone tells.

Addresses and the bins that stand at them share street and house number; neither is a key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpi_nlsql.english.words import parts
from kpi_nlsql.schema.graph import Column, Join, Table
from kpi_nlsql.schema.key_names import KEY_TAILS
from kpi_nlsql.schema.shared_values import MINIMUM_SHARE, share

LEAST = 0.2
"""The score from which on a pair of columns may be part of a composite join."""

_ADDED = 0.15
_ABOVE = 0.05
"""A key of several columns says more than the part of it that is surest."""

_MOST = 0.95
_HALF_CALLED = 0.4


def composite_joins(
    tables: Sequence[Table], candidates: Iterable[Join], sure: float
) -> Iterator[Join]:
    """Yield a join of several columns for each two tables that no one column identifies.

    ``candidates`` join single columns, on their own from the score ``sure`` on.
    """
    named = {table.name: table for table in tables}
    found: dict[tuple[str, str], list[Join]] = defaultdict(list)
    for join in candidates:
        found[(join.left_table, join.right_table)].append(join)
    for joins in found.values():
        if not any(join.score >= sure and identifying(join, named) for join in joins):
            yield from _composite(joins, named)


def identifying(join: Join, tables: Mapping[str, Table]) -> bool:
    """Tell whether the columns of a join tell the rows of one of its tables apart."""
    left, right = tables[join.left_table], tables[join.right_table]
    return left.identifies(join.left_columns) or right.identifies(join.right_columns)


def _composite(joins: list[Join], tables: Mapping[str, Table]) -> Iterator[Join]:
    options = [
        made
        for seen in (joins, [join.reversed() for join in joins])
        for key in _keys(tables[seen[0].left_table])
        if (made := _over(key, seen, tables)) is not None
    ]
    if options:
        yield max(options, key=lambda join: join.score)


def _keys(table: Table) -> tuple[tuple[str, ...], ...]:
    declared = (table.primary_key,) if len(table.primary_key) > 1 else ()
    return (*declared, *table.key_pairs)


def _over(key: tuple[str, ...], joins: list[Join], tables: Mapping[str, Table]) -> Join | None:
    """Return the join of a key with the columns of the other table that are most like it."""
    partners: list[Join] = []
    for column in key:
        taken = {partner.right_columns for partner in partners}
        options = [j for j in joins if j.left_columns == (column,) and j.right_columns not in taken]
        if not options and partners:
            options = list(_half_called(column, joins[0], tables, taken))
        if not options:
            return None
        partners.append(max(options, key=lambda join: join.score))
    scores = [join.score for join in partners]
    score = min(_MOST, max(sum(scores) / len(scores) + _ADDED, max(scores) + _ABOVE))
    return Join(
        partners[0].left_table,
        key,
        partners[0].right_table,
        tuple(join.right_columns[0] for join in partners),
        kind="candidate",
        score=round(score, 3),
        evidence="together they are a key; " + "; ".join(join.evidence for join in partners),
    )


def _half_called(
    name: str, pair: Join, tables: Mapping[str, Table], taken: set[tuple[str, ...]]
) -> Iterator[Join]:
    """Yield the joins of a column with those that share a word with it: PoLine and LineNumber."""
    left, right = tables[pair.left_table], tables[pair.right_table]
    part, words = left.column(name), _telling(name)
    for column in right.columns:
        if (column.name,) in taken or not words & _telling(column.name):
            continue
        if column.family != part.family or not _may_share(part, column):
            continue
        evidence = f"{name} and {column.name} share a word"
        yield Join(
            left.name, (name,), right.name, (column.name,), "candidate", _HALF_CALLED, evidence
        )


def _may_share(left: Column, right: Column) -> bool:
    """Tell whether two columns hold the same values, as far as these are known."""
    known = (left.values or left.numbers, right.values or right.numbers)
    return not all(known) or share(*known) >= MINIMUM_SHARE


def _telling(name: str) -> set[str]:
    return set(parts(name)) - KEY_TAILS
