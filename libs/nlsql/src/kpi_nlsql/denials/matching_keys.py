"""Matching keys: "without a matching SKU and warehouse in A" is not in A, matched by these.

"Without a matching order" is without one.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.denials.reading import (
    BY,
    COMMA,
    DETERMINERS,
    MATCHED,
    NOT_IN,
    TO,
    denies,
    is_noun,
    names_rows,
    noun_behind,
)
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.wording.rewriting import Step

_MATCHING = frozenset({"matching", "corresponding", "equal", "identical", "same", "the same"})
_AND = frozenset({"and", ",", "/", "plus", "the"})
_KEY = 0.5


def matching_key(items: Sequence[Item], position: int) -> Step | None:
    """Read "without a matching SKU and warehouse in the stock levels"."""
    if not denies(items, position):
        return None
    told = skip_words(items, position + 1, DETERMINERS)
    if text_at(items, told) not in _MATCHING:
        return None
    key = told + 1
    while _is_key(item_at(items, key)) or (key > told + 1 and text_at(items, key) in _AND):
        key += 1
    columns = items[told + 1 : key]
    if not columns or text_at(items, key) not in TO or not _names_columns(columns):
        return None
    place = skip_words(items, key + 1, DETERMINERS)
    end = noun_behind(items, place)
    if end == place or not any(names_rows(item) for item in items[place:end]):
        return None
    return position, end, [NOT_IN, *items[place:end], COMMA, MATCHED, BY, *columns]


def matching_rows(items: Sequence[Item], position: int) -> Step | None:
    """Read "without a matching order": an order matches by the keys, whatever is said of them."""
    told = skip_words(items, position + 1, DETERMINERS)
    if not denies(items, position) or text_at(items, told) != "matching":
        return None
    noun = item_at(items, told + 1)
    rows = names_rows(noun) and noun is not None and noun.best_table() >= noun.best_column()
    return (position, told + 1, [items[position]]) if rows else None


def _is_key(item: Item | None) -> bool:
    return item is not None and is_noun(item) and item.best_column() >= _KEY and not item.values


def _names_columns(columns: Sequence[Item]) -> bool:
    """Tell whether columns are named, not the rows of a table: "no matching order in the shop"."""
    named = [item for item in columns if item.kind == "mention"]
    if len(named) == 1:
        return named[0].best_column() > named[0].best_table()
    return len(named) > 1
