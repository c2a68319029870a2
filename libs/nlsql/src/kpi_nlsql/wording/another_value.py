"""Another value: "which are in A with another price" are there with a different one."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words_back, text_at
from kpi_nlsql.wording.rewriting import Step, rewritten

_HAVING = frozenset({"with", "under", "at", "for"})
_ARTICLES = frozenset({"a", "an", "the", "our"})
_A = Item("word", "a", 0, 0)
_DIFFERENT = Item("cue", "different", 0, 0, cues=(Cue("distinct"),))


def differently_told(items: Sequence[Item]) -> list[Item]:
    """Return the items with another value, told behind where rows are, as a different one."""
    return rewritten(items, (_another,))


def _another(items: Sequence[Item], position: int) -> Step | None:
    value = item_at(items, position + 1)
    if items[position].text != "another" or text_at(items, position - 1) not in _HAVING:
        return None
    place = position - 2
    lead = skip_words_back(items, place - 1, _ARTICLES)
    if place < 1 or not (items[lead].is_cue("also") and items[place].kind == "mention"):
        return None
    if value is None or value.values or value.best_column() <= value.best_table():
        return None  # "… in A with another order" have one more
    return position, position + 1, [_A, _DIFFERENT]
