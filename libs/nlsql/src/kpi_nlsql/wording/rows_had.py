"""Rows had: "with at least one matching invoice" is said of those that have an invoice.

The row of another table that matches is theirs; nothing is alike in several rows, as it is in
"customers with matching phone numbers". And to have at least one is to have one: nothing of them
is counted, or added up.
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
_ARTICLE = Item("word", "a", 0, 0)
_SAME = frozenset({"same", "the same", "with the same"})


def plainly_had(items: Sequence[Item]) -> list[Item]:
    """Return the items with rows that others have said to be had, and no more."""
    return rewritten(items, (_at_least_one, _matching), first=2)


def _at_least_one(items: Sequence[Item], position: int) -> Step | None:
    """Read "with at least one order", "with one or more open orders" as "with an order"."""
    first, second = items[position], item_at(items, position + 1)
    if second is None or text_at(items, position - 1) not in _HAVING:
        return None
    told = first.is_cue("compare", ">=") and second.number == 1
    told = told or (first.number == 1 and second.is_cue("compare", ">="))
    if not told or _rows_at(items, position + 2) is None:
        return None
    return position, position + 2, [_ARTICLE]


def _rows_at(items: Sequence[Item], position: int) -> int | None:
    """Return where rows are named, past what kind of rows they are: "disputed invoices"."""
    at = position
    while at < len(items) and (items[at].values or items[at].text == "matching"):
        if names_rows(items[at]):
            break
        at += 1
    return at if at < len(items) and names_rows(items[at]) else None


def _matching(items: Sequence[Item], position: int) -> Step | None:
    if items[position].text != "matching" or any(item.text in _SAME for item in items[position:]):
        return None
    lead = items[skip_words_back(items, position - 1, _ARTICLES)]
    one = text_at(items, position - 1) in _ARTICLES
    counted = items[position - 1].number is not None
    if not (counted or lead.text in _HAVING):
        return None
    at = _rows_at(items, position + 1)
    if at is None or _names_key(items, at + 1):
        return None
    several = items[at].text.endswith("s")
    return (position, position + 1, []) if one or counted or several else None


def _names_key(items: Sequence[Item], position: int) -> bool:
    """Tell whether it is said on what rows match: "a matching invoice by order number"."""
    key = item_at(items, skip_words(items, position + 1, _ARTICLES | {"the"}))
    if key is None or text_at(items, position) not in _KEYED:
        return False
    return key.kind == "mention" and key.best_column() >= 1.0 and not names_rows(key)
