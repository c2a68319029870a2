"""Taken over: "average usage per city over the gas meters" is taken over rows, and above nothing.

So is "the lowest and what is the highest balance" asked of the same rows, and once.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.wording.rewriting import Step, rewritten

_NAMES_ROWS = 0.6
_TAKEN = ("aggregate", "count", "superlative")
_DETERMINERS = frozenset({"all", "the", "our", "these", "those"})
_LISTING = frozenset({"and", ","})
_ASKING = frozenset({"what is", "what are", "what was", "what were"})
_OF = Item("word", "of", 0, 0)


def taken_over(items: Sequence[Item]) -> list[Item]:
    """Return the items with what figures are taken over, and what else is asked, put plainly."""
    return rewritten(items, (_over_rows, _asked_once), first=1)


def _over_rows(items: Sequence[Item], position: int) -> Step | None:
    """Read "total per city over the open orders" as "total per city of the open orders"."""
    figures = any(_is_figure(item) for item in items[:position])
    if items[position].text != "over" or not figures:
        return None
    noun = skip_words(items, position + 1, _DETERMINERS)
    while noun + 1 < len(items) and items[noun].values and items[noun + 1].kind == "mention":
        noun += 1
    rows = item_at(items, noun)
    return (position, position + 1, [_OF]) if rows is not None and _names_rows(rows) else None


def _asked_once(items: Sequence[Item], position: int) -> Step | None:
    """Read "what is the lowest and what is the highest" as "what is the lowest and the highest"."""
    asked = items[position].text in _ASKING and items[0].text in _ASKING
    before = item_at(items, position - 2)
    after = item_at(items, skip_words(items, position + 1, _DETERMINERS))
    if not asked or text_at(items, position - 1) not in _LISTING:
        return None
    both = before is not None and after is not None and _is_figure(before) and _is_figure(after)
    return (position, position + 1, []) if both else None


def _is_figure(item: Item) -> bool:
    return any(map(item.is_cue, _TAKEN))


def _names_rows(item: Item) -> bool:
    rows = item.best_table() >= max(_NAMES_ROWS, item.best_column())
    return item.kind == "mention" and (rows or item.text.endswith("s"))
