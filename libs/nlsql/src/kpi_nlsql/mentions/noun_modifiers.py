"""Noun modifiers: "portal bookings" are all bookings where each has its portal's name.

The word before a noun may elsewhere be a value ("Portal", a channel of reservations); where the
rows that the noun means have a column called by the word, it only says which rows they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.shortening import likeness
from kpi_nlsql.english.words import stem, whole
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph, Table

_NAMES_TABLE = 0.6
_SURE = 0.85
_NAMING = frozenset({"name", "id", "code", "reference", "number", "key"})


def with_modifiers(items: Sequence[Item], graph: Graph) -> tuple[Item, ...]:
    """Return the items with modifiers that restrict nothing made one with their nouns."""
    found: list[Item] = []
    for item in items:
        before = found[-1] if found else None
        if before is not None and _modifies(before, item, graph):
            found[-1] = replace(
                item,
                text=f"{before.text} {item.text}",
                start=before.start,
                hits=(NameHit(item.table_hits()[0].table, None, 1.0),),
                values=(),
            )
        else:
            found.append(item)
    return tuple(found)


def _modifies(before: Item, item: Item, graph: Graph) -> bool:
    if before.kind != "mention" or not before.values or max(_names(before)) >= _NAMES_TABLE:
        return False
    table, column = _names(item)
    if item.kind != "mention" or table < max(_NAMES_TABLE, column) or " " in before.text:
        return False
    rows = graph.table(item.table_hits()[0].table)
    held = any(value.table == rows.name for value in before.values)
    return not held and _has_each(rows, before.text)


def _names(item: Item) -> tuple[float, float]:
    return item.best_table(), item.best_column()


def _has_each(table: Table, word: str) -> bool:
    """Tell whether a column names or numbers what the word says, maybe written short."""
    return any(
        words[-1] in _NAMING and _says(words[0], word)
        for column in table.columns
        for words in (name.split() for name in column.display_names)
        if len(words) > 1
    )


def _says(part: str, word: str) -> bool:
    return stem(part) == stem(word) or likeness(part, whole(word)) >= _SURE
