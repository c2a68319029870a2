"""Role keys: two keys of a table that refer to the same rows, each for a part they play.

Transfers have a ``from_site`` and a ``to_site``, credits an ``appl_cd`` and a ``benf_cd``: which is
meant the sentence tells by a word of the column's name, in full or written short.
"""

from __future__ import annotations

from kpi_nlsql.english.shortening import likeness
from kpi_nlsql.english.words import parts, stems
from kpi_nlsql.schema.graph import Graph, Join
from kpi_nlsql.schema.naming import column_names

_SURE = 0.7
_SHORT = 0.6


def role_keys(graph: Graph, left: str, right: str) -> list[Join]:
    """Return the joins of two tables on different columns; none where there is only one."""
    joins = graph.joins_between(left, right)
    declared = [join for join in joins if join.kind == "foreign_key"]
    likely = declared or [join for join in joins if join.score >= _SURE]
    if not declared:
        likely = [join for join in likely if _plays_part(join, likely)]
    return likely if len(likely) > 1 else []


def _plays_part(join: Join, others: list[Join]) -> bool:
    """Tell whether another join refers to the same columns by other ones."""
    return any(
        (join.left_columns == other.left_columns) != (join.right_columns == other.right_columns)
        for other in others
    )


def told_role(join: Join, spoken: frozenset[str], tables: set[str]) -> float:
    """Return how much words that the tables are not called by tell of the columns of a join."""
    words = spoken - tables
    written = {word for name in _columns(join) for word in parts(name)} - tables
    short = (likeness(part, word) for part in written for word in words)
    told = len(words & column_stems(join))
    return told + max((worth for worth in short if worth >= _SHORT), default=0.0)


def is_alike(join: Join) -> bool:
    """Tell whether the columns on both sides have the same names."""
    left, right = (tuple(map(str.lower, side)) for side in (join.left_columns, join.right_columns))
    return left == right


def column_stems(join: Join) -> set[str]:
    """Return the stems of the names of the columns that a join compares."""
    names = (name for column in _columns(join) for name in column_names(column, ""))
    return {word for name in names for word in stems(name)}


def table_stems(graph: Graph, *tables: str) -> set[str]:
    """Return the stems of what tables are called."""
    names = (name for table in tables for name in graph.table(table).display_names)
    return {word for name in names for word in stems(name)}


def _columns(join: Join) -> tuple[str, ...]:
    return (*join.left_columns, *join.right_columns)
