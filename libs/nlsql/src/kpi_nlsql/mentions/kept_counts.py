"""Kept counts: "hotels with more than 150 rooms", where each hotel has its ``RoomCount``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Column, Graph

_EXACT = 0.95
_COUNTS = frozenset(map(stem, ("count", "number", "num", "no", "nbr")))
_FILLING = _COUNTS | {stem("of"), stem("total")}


def with_kept_counts(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with what is counted as the column in which the rows asked for keep it."""
    told = list(items)
    rows: str | None = None
    for at, item in enumerate(items):
        if item.kind != "mention":
            continue
        if item.best_table() >= _EXACT:
            rows = item.table_hits()[0].table
        elif rows is not None and at and _is_counted(items[at - 1]):
            kept = [c for c in graph.table(rows).columns if _counts(c, stems(item.text))]
            if len(kept) == 1:
                hit = NameHit(rows, kept[0].name, 1.0)
                told[at] = replace(item, hits=(hit,), values=())
    return told


def _is_counted(before: Item) -> bool:
    kind = before.argument("superlative")
    return before.number is not None or kind in {"most", "fewest"}


def _counts(column: Column, counted: tuple[str, ...]) -> bool:
    """Tell whether a column is called the number of what is counted."""
    names = map(stems, column.display_names)
    return column.family == "number" and any(
        set(name) & _COUNTS and tuple(word for word in name if word not in _FILLING) == counted
        for name in names
    )
