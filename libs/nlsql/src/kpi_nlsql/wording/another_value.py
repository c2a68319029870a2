"""Another value: "which A has with another price" is with a different price."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at
from kpi_nlsql.wording.rewriting import Step, rewritten

_HAVING = frozenset({"with", "have", "has", "having", "under", "at", "for", "in"})
_A = Item("word", "a", 0, 0)
_DIFFERENT = Item("cue", "different", 0, 0, cues=(Cue("distinct"),))


def differently_told(items: Sequence[Item]) -> list[Item]:
    """Return the items with another value of a column told as a different one."""
    return rewritten(items, (_another,))


def _another(items: Sequence[Item], position: int) -> Step | None:
    value = item_at(items, position + 1)
    if items[position].text != "another" or text_at(items, position - 1) not in _HAVING:
        return None
    if value is None or value.values or value.best_column() <= value.best_table():
        return None  # "customers with another order" have one more
    return position, position + 1, [_A, _DIFFERENT]
