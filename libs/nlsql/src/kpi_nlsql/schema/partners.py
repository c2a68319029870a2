"""Partners: the column of another table that holds what one column does, for parts of a key."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import stems
from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.key_names import called_key
from kpi_nlsql.schema.ruleset import ColumnPair
from kpi_nlsql.schema.shared_values import share

_SHARED = 0.5
_SAYS_LITTLE = frozenset({"number", "id", "no", "code", "date"})


def partner(column: Column, table: Table, taken: set[str]) -> str | None:
    """Return the column of the table most like another, by name or values; None if none is."""
    scored = [
        (_alike(column, other), other.name)
        for other in table.columns
        if other.name not in taken and other.family == column.family
    ]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= _SHARED else None


def partnered(
    named: Sequence[tuple[str | None, str | None]], tables: tuple[Table, Table], taken: set[str]
) -> list[ColumnPair | None]:
    """Return the parts of a key as pairs of columns, where a table may lack a name for some.

    Nothing is found where no part has a name in both tables.
    ``named`` has the column of either table that a part is called by; ``taken`` are no part of it.
    """
    found: list[ColumnPair | None] = [None] * len(named)
    if not any(left and right for left, right in named):
        return found
    taken = set(taken)
    for at, (left, right) in sorted(enumerate(named), key=lambda each: not all(each[1])):
        if left is None and right is not None:
            left = _left_over(tables[1].column(right), tables[0], taken)
        elif right is None and left is not None:
            right = _left_over(tables[0].column(left), tables[1], taken)
        if left and right:
            found[at] = ColumnPair(left, right)
            taken |= {left, right}
    return found


def _left_over(column: Column, table: Table, taken: set[str]) -> str | None:
    """Return what holds the same as a column: the most like it, or the one key that is left."""
    like = partner(column, table, taken)
    keys = [
        other.name
        for other in table.columns
        if other.name not in taken and called_key(other.name) and other.family == column.family
    ]
    return like or (keys[0] if len(keys) == 1 else None)


def _alike(column: Column, other: Column) -> float:
    """Return how alike two columns are: by a word of their names, or by the values they share."""
    mine = {word for name in column.display_names for word in stems(name)}
    theirs = {word for name in other.display_names for word in stems(name)}
    shared = (mine & theirs) - _SAYS_LITTLE
    if shared:
        return 0.5 + 0.5 * len(shared) / max(len(mine | theirs), 1)
    text = column.family == "text" and column.values and other.values
    return share(column.values, other.values) if text else 0.0
