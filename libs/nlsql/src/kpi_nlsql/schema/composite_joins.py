"""Composite joins: tables whose rows meet on columns together, where no column alone tells.

Addresses and the bins that stand at them share street and house number; neither is a key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpi_nlsql.english.words import parts
from kpi_nlsql.schema.graph import Column, Join, Table
from kpi_nlsql.schema.key_names import KEY_TAILS
from kpi_nlsql.schema.key_pairs import numbers_parts, numbers_periods
from kpi_nlsql.schema.naming import column_names
from kpi_nlsql.schema.shared_values import MINIMUM_SHARE, share

LEAST = 0.2
"""The score from which on a pair of columns may be part of a composite join."""

_ADDED = 0.15
"""What each further column of a key says for it."""

_ABOVE = 0.05
"""A key of several columns says more than the part of it that is surest."""

_MOST = 0.95
_HALF_CALLED = 0.4
_SAME_DAYS = 0.8
_DATED = frozenset("date dt day on at time".split())  # noqa: SIM905


def composite_joins(
    tables: Sequence[Table], candidates: Iterable[Join], known: Sequence[Join], sure: float
) -> Iterator[Join]:
    """Yield a join of several columns for each two tables that no one column identifies.

    ``candidates`` join single columns, on their own from the score ``sure`` on. ``known`` are the
    declared joins: rows that only tie others together rather meet at what their keys point to.
    """
    points = {(join.left_table, column) for join in known for column in join.left_columns}
    named = {table.name: table for table in tables}
    found: dict[tuple[str, str], list[Join]] = defaultdict(list)
    for join in candidates:
        found[(join.left_table, join.right_table)].append(join)
    for joins in found.values():
        single = any(join.score >= sure and identifying(join, named) for join in joins)
        for join in _composite(joins, named, declared_only=single):
            sides = ((join.left_table, join.left_columns), (join.right_table, join.right_columns))
            pointing = [sum((table, name) in points for name in names) for table, names in sides]
            if min(pointing) < 2:
                yield join


def identifying(join: Join, tables: Mapping[str, Table]) -> bool:
    """Tell whether the columns of a join tell the rows of one of its tables apart."""
    left, right = tables[join.left_table], tables[join.right_table]
    return left.identifies(join.left_columns) or right.identifies(join.right_columns)


def _composite(
    joins: list[Join], tables: Mapping[str, Table], *, declared_only: bool
) -> Iterator[Join]:
    options = [
        made
        for seen in (joins, [join.reversed() for join in joins])
        for key in _keys(tables[seen[0].left_table], declared_only)
        if (made := _over(key, seen, tables)) is not None
    ]
    if options:
        yield max(options, key=lambda join: (_by_parts(join, tables), join.score))


def _keys(table: Table, declared_only: bool) -> tuple[tuple[str, ...], ...]:
    """Return the keys of several columns; a declared one counts though part of it would do."""
    declared = (table.primary_key,) if len(table.primary_key) > 1 else ()
    return declared if declared_only else (*declared, *table.key_pairs)


def _by_parts(join: Join, tables: Mapping[str, Table]) -> bool:
    """Tell whether lines meet by their numbers, though what they are lines of might do, too."""
    left, right = tables[join.left_table], tables[join.right_table]
    pairs = zip(join.left_columns, join.right_columns, strict=True)
    return any(numbers_parts(left.column(a)) and numbers_parts(right.column(b)) for a, b in pairs)


def _over(key: tuple[str, ...], joins: list[Join], tables: Mapping[str, Table]) -> Join | None:
    """Return the join of a key with the columns of the other table that are most like it."""
    partners: list[Join] = []
    paired = {join.left_columns for join in joins}
    for column in sorted(key, key=lambda column: (column,) not in paired):
        taken = {partner.right_columns for partner in partners}
        options = [
            join
            for join in joins
            if join.left_columns == (column,) and join.right_columns not in taken
            if _same_day(join, tables)
        ]
        if not options and partners:
            options = list(_half_called(column, joins[0], tables, taken))
        if not options:
            return None
        partners.append(max(options, key=lambda join: join.score))
    partners += _years(partners, tables)
    scores = [join.score for join in partners]
    added = _ADDED * (len(scores) - 1)
    score = min(_MOST, max(sum(scores) / len(scores) + added, max(scores) + _ABOVE))
    return Join(
        partners[0].left_table,
        tuple(join.left_columns[0] for join in partners),
        partners[0].right_table,
        tuple(join.right_columns[0] for join in partners),
        kind="candidate",
        score=round(score, 3),
        evidence="together they are a key; " + "; ".join(join.evidence for join in partners),
    )


def _years(partners: list[Join], tables: Mapping[str, Table]) -> Iterator[Join]:
    """Yield the join of the years, where tables meet by the numbers of periods: ``fisc_yr``."""
    left, right = tables[partners[0].left_table], tables[partners[0].right_table]
    key = [column for join in partners for column in (*join.left_columns, *join.right_columns)]
    if not any(map(numbers_periods, key)):
        return
    for column in left.columns:
        other = right.find(column.name)
        if other and column.name not in key and numbers_periods(column.name):
            yield Join(
                left.name, (column.name,), right.name, (other.name,), "candidate", _HALF_CALLED
            )


def _same_day(join: Join, tables: Mapping[str, Table]) -> bool:
    """Tell whether two columns, if they are dates, are those of one event.

    Stock is counted on days on which people leave, too. A flight's date is that of its departure.
    """
    (a,), (b,) = join.left_columns, join.right_columns
    left, right = tables[join.left_table].column(a), tables[join.right_table].column(b)
    if not (left.dated and right.dated) or a.lower() == b.lower() or _telling(a) & _telling(b):
        return True
    return bool(left.values and right.values) and share(left.values, right.values) >= _SAME_DAYS


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
    return {*parts(name), *column_names(name, "")[0].split()} - KEY_TAILS - _DATED
