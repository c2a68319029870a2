"""Identity: by which columns rows are duplicates of one another where the sentence names none."""

from __future__ import annotations

from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.schema.graph import Column, Join, Table
from kpi_nlsql.schema.key_names import KEY_TAILS
from kpi_nlsql.schema.naming_columns import naming_columns
from kpi_nlsql.sentence import Sentence

_CALLED = 0.6
_JOINED = 0.5
_UNKNOWN_VARIETY = 0.5
_NEARLY_UNIQUE = 0.8
_NUMBERED = 0.9
"""What speaks against a column of which every row has a value of its own: a row number."""


def identifying_columns(sentence: Sentence, table_name: str) -> tuple[str, ...]:
    """Return what tells rows apart and may yet repeat: a key nobody declared, else the name.

    A declared key cannot repeat; the number of what the sentence speaks of ("duplicate items":
    ``ITEM_NO``) and columns that join other tables come first.
    """
    table = sentence.graph.table(table_name)
    keys = [column for column in table.columns if _may_repeat(sentence, column, table)]
    if keys:
        return (max(keys, key=lambda column: _likelihood(sentence, column, table)).name,)
    named = naming_columns(table)
    return () if set(named) <= set(table.primary_key) else named


def _may_repeat(sentence: Sentence, column: Column, table: Table) -> bool:
    if column.name in table.primary_key:
        return False
    called, keyed = _is_called(sentence, column), _is_key(column)
    if not called and _points_away(sentence, column, table):
        return False
    named = any(name.split()[-1] == "name" for name in column.display_names)
    return keyed or (named and (called or _join_score(sentence, column, table) > _CALLED))


def _is_key(column: Column) -> bool:
    return any(name.split()[-1] in KEY_TAILS for name in column.display_names)


def _likelihood(sentence: Sentence, column: Column, table: Table) -> float:
    variety = table.variety(column)
    return (
        (_UNKNOWN_VARIETY if variety is None else variety)
        - _NUMBERED * column.unique
        + (_CALLED if _is_key(column) else 0.0) * _is_called(sentence, column)
        + _JOINED * _join_score(sentence, column, table)
    )


def _join_score(sentence: Sentence, column: Column, table: Table) -> float:
    return max((join.score for join in _joins(sentence, column, table)), default=0.0)


def _is_called(sentence: Sentence, column: Column) -> bool:
    """Tell whether the sentence speaks of what the column numbers."""
    spoken = {stem(word) for item in sentence.items if item.hits for word in item.text.split()}
    return any(set(stems(name)[:-1]) & spoken for name in column.display_names)


def _points_away(sentence: Sentence, column: Column, table: Table) -> bool:
    """Tell whether the column holds the key of another table: rows of one supplier are many."""
    if (table.variety(column) or 0.0) >= _NEARLY_UNIQUE:
        return False
    for join in _joins(sentence, column, table):
        other = sentence.graph.table(join.right_table)
        key = other.column(join.right_columns[0])
        if join.kind == "foreign_key" and join in sentence.graph.joins:
            return True
        if key.unique or (key.name,) == other.primary_key:
            named = stems(other.name)
            return any(set(stems(name)[:-1]) & set(named) for name in column.display_names)
    return False


def _joins(sentence: Sentence, column: Column, table: Table) -> list[Join]:
    """Return the joins by this column alone, seen from its table."""
    sides = [side for join in sentence.graph.joins for side in (join, join.reversed())]
    return [
        side
        for side in sides
        if side.left_table == table.name and side.left_columns == (column.name,)
    ]
