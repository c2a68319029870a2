"""Shared keys: tables that number the same things as a third one meet directly, too.

The SKUs of a price list and the products of a forecast are both materials of the material master:
the two meet by them, whether the master knows each of them or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from kpi_nlsql.schema.graph import Join, Table

_SURE = 0.7
_LESS = 0.05
"""What a join says less than those that it was told by."""


def with_shared_keys(
    tables: Sequence[Table], found: Iterable[Join], declared: set[frozenset[str]]
) -> list[Join]:
    """Return the candidates with those added, and made surer, that a key of a third table tells."""
    best = {_sides(join): join for join in found}
    first: dict[frozenset[str], Join] = {}
    for join in sorted(best.values(), key=_rank):
        first[_pair(join)] = join
    for join in _told_by_keys(tables, list(best.values())):
        known, rival = best.get(_sides(join)), first.get(_pair(join))
        wider = rival is None or len(rival.left_columns) < len(join.left_columns)
        if known is not None and known is rival and known.score < join.score:
            first[_pair(join)] = best[_sides(join)] = replace(known, score=join.score)
        elif known is None and wider and _pair(join) not in declared:
            first[_pair(join)] = best[_sides(join)] = join
    return list(best.values())


def _pair(join: Join) -> frozenset[str]:
    return frozenset((join.left_table, join.right_table))


def _rank(join: Join) -> tuple[int, float]:
    return len(join.left_columns), join.score


def _sides(join: Join) -> frozenset[tuple[str, frozenset[str]]]:
    """Return what a join compares, whichever of its tables and columns stands first."""
    left, right = frozenset(join.left_columns), frozenset(join.right_columns)
    return frozenset([(join.left_table, left), (join.right_table, right)])


def _told_by_keys(tables: Sequence[Table], joins: Sequence[Join]) -> Iterator[Join]:
    """Yield the joins of every two tables that hold one key of a third."""
    named = {table.name: table for table in tables}
    holders: dict[tuple[str, frozenset[str]], list[Join]] = defaultdict(list)
    for join in (*joins, *(join.reversed() for join in joins)):
        if join.score >= _SURE and named[join.right_table].identifies(join.right_columns):
            holders[join.right_table, frozenset(join.right_columns)].append(join)
    for (hub, _), found in holders.items():
        for first, second in combinations(found, 2):
            if first.left_table != second.left_table:
                yield _over(hub, first, second)


def _over(hub: str, first: Join, second: Join) -> Join:
    other = dict(zip(second.right_columns, second.left_columns, strict=True))
    return Join(
        first.left_table,
        first.left_columns,
        second.left_table,
        tuple(other[column] for column in first.right_columns),
        kind="candidate",
        score=round(min(first.score, second.score) - _LESS, 3),
        evidence=f"both hold the key of {hub}",
    )
