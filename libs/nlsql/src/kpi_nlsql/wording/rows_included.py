"""Rows included: orders that "include a linen item" have one, and no text with "linen" in it."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.wording.rewriting import HAVE, Step, rewritten

_INCLUDING = frozenset("include includes including contain contains containing".split())  # noqa: SIM905
_ARTICLES = frozenset({"a", "an", "any", "some"})
_OF = Item("word", "of", 0, 0)
_ARE = Item("word", "are", 0, 0)
_NAMES_TABLE = 0.6
_KEYED = 0.5


def rows_included(items: Sequence[Item]) -> list[Item]:
    """Return the items with rows that others include told as what these have, or are of."""
    return rewritten(items, (_included,), first=1)


def _included(items: Sequence[Item], position: int) -> Step | None:
    """Read "whose orders include a linen item" as those that are of one."""
    rows = item_at(items, position - 1)
    if items[position].text not in _INCLUDING or rows is None:
        return None
    value = skip_words(items, position + 1, _ARTICLES)
    if not _names_rows(items, value, led=value > position + 1):
        return None
    if text_at(items, position - 2) == "whose":
        theirs = rows.best_table() >= max(_NAMES_TABLE, rows.best_column())
        return (position, position + 1, [_ARE, _OF]) if theirs else None
    return (position, position + 1, [HAVE]) if rows.is_cue("relative") else None


def _names_rows(items: Sequence[Item], at: int, led: bool) -> bool:
    """Tell whether a noun for rows begins here with a value that they have: "a linen item"."""
    value, noun = item_at(items, at), item_at(items, at + 1)
    if value is None or noun is None or not value.values or noun.values:
        return False
    rows = noun.best_table() >= _NAMES_TABLE
    if noun.kind != "mention" or not (led or rows or noun.text.endswith("s")):
        return False
    own = {hit.table for hit in noun.hits if hit.score >= _KEYED}
    return rows or any(hit.table in own for hit in value.values)
