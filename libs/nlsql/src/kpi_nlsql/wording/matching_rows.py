"""Matching rows: "shipments with a matching invoice" are those with an invoice.

The row of another table that matches is theirs; nothing is alike in several rows, as it is in
"customers with matching phone numbers".
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, skip_words_back, text_at
from kpi_nlsql.wording.bare_deeds import names_rows
from kpi_nlsql.wording.rewriting import Step, rewritten

_ARTICLES = frozenset({"a", "an", "any", "some"})
_HAVING = frozenset({"with", "have", "has", "having", "had"})
_KEYED = frozenset({"for", "on", "by", "in"})
_SAME = frozenset({"same", "the same", "with the same"})


def without_matching(items: Sequence[Item]) -> list[Item]:
    """Return the items without "matching" before rows that others are said to have."""
    return rewritten(items, (_matching,), first=2)


def _matching(items: Sequence[Item], position: int) -> Step | None:
    if items[position].text != "matching" or any(item.text in _SAME for item in items[position:]):
        return None
    lead = items[skip_words_back(items, position - 1, _ARTICLES)]
    one = text_at(items, position - 1) in _ARTICLES
    counted = items[position - 1].number is not None
    if not (counted or lead.text in _HAVING):
        return None
    at = position + 1
    while (told := item_at(items, at)) is not None and told.values and not names_rows(told):
        at += 1  # "with a matching disputed invoice"
    if told is None or not names_rows(told) or _names_key(items, at + 1):
        return None
    return (position, position + 1, []) if one or counted or told.text.endswith("s") else None


def _names_key(items: Sequence[Item], position: int) -> bool:
    """Tell whether it is said on what rows match: "a matching invoice by order number"."""
    key = item_at(items, skip_words(items, position + 1, _ARTICLES | {"the"}))
    if key is None or text_at(items, position) not in _KEYED:
        return False
    return key.kind == "mention" and key.best_column() >= 1.0 and not names_rows(key)
