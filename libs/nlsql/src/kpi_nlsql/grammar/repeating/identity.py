"""Identity: by which columns rows are duplicates of one another where the sentence names none."""

from __future__ import annotations

from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.key_names import KEY_TAILS
from kpi_nlsql.schema.naming_columns import naming_columns
from kpi_nlsql.sentence import Sentence

_CALLED = 0.6
_UNKNOWN_VARIETY = 0.5
_NUMBERED = 0.9
"""What speaks against a column of which every row has a value of its own: a row number."""


def identifying_columns(sentence: Sentence, table_name: str) -> tuple[str, ...]:
    """Return what tells rows apart and may yet repeat: a key nobody declared, else the name.

    A declared key cannot repeat; the number of what the sentence speaks of ("duplicate items":
    ``ITEM_NO``) comes first.
    """
    table = sentence.graph.table(table_name)
    keys = [c for c in table.columns if c.name not in table.primary_key and _is_key(c)]
    if keys:
        return (max(keys, key=lambda column: _likelihood(sentence, column, table)).name,)
    named = naming_columns(table)
    return () if set(named) <= set(table.primary_key) else named


def _is_key(column: Column) -> bool:
    return any(name.split()[-1] in KEY_TAILS for name in column.display_names)


def _likelihood(sentence: Sentence, column: Column, table: Table) -> float:
    variety = table.variety(column)
    return (
        (_UNKNOWN_VARIETY if variety is None else variety)
        - _NUMBERED * column.unique
        + _CALLED * _is_called(sentence, column)
    )


def _is_called(sentence: Sentence, column: Column) -> bool:
    """Tell whether the sentence speaks of what the column numbers."""
    spoken = {stem(word) for item in sentence.items for word in item.text.split()}
    return any(set(stems(name)[:-1]) & spoken for name in column.display_names)
