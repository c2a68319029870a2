"""Lists of mentions: "A, B and C", "customer name and city", "the same A and the same B"."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.linking import Item

DAY = frozenset({"day", "date"})
_EXACT = 0.95
_JOINING = frozenset({"and", ",", "/", "&", "+", "plus", "the", "their", "its", "same", "the same"})


def mention_list(items: Sequence[Item], start: int, *, unknown: bool = False) -> tuple[int, ...]:
    """Return the mentions of a list ("A, B and C") that begins here.

    ``unknown``: further nouns that nothing is called by belong to it, too.
    """
    found: list[int] = []
    position = start
    while position < len(items):
        item = items[position]
        named = item.kind == "mention" and bool(item.hits) and not is_value(item)
        named = (named or _is_same_day(items, position)) and not _has_value(items, position)
        if named and _modifies(items, position):
            position += 1
            continue
        listed = (
            not found
            or items[position - 1].text in _JOINING | {"("}
            or _after_noun(items, position)
        )
        foreign = unknown and bool(found) and _is_foreign(items, position)
        if foreign or (named and listed):
            found.append(position)
        elif item.text not in _JOINING:
            break
        position += 1
    return tuple(found)


def _has_value(items: Sequence[Item], position: int) -> bool:
    # "a duplicate code and status Active": of the rows, which have this status
    told = {(hit.table, hit.column) for hit in items[position].column_hits() if hit.score >= _EXACT}
    following = items[position + 1 : position + 2]
    return any((hit.table, hit.column) in told for item in following for hit in item.values)


def _is_foreign(items: Sequence[Item], position: int) -> bool:
    item, before = items[position], items[position - 1].text
    return item.kind == "word" and item.text not in FUNCTION_WORDS | _JOINING and before in _JOINING


def _is_same_day(items: Sequence[Item], position: int) -> bool:
    """Tell whether rows are said to be of the same day, whatever their date is called."""
    before = items[position - 1] if position else items[position]
    return items[position].text in DAY and not items[position].hits and before.is_cue("agree")


def _modifies(items: Sequence[Item], position: int) -> bool:
    # "customer emails" in two mentions: the second is the column.
    if items[position].best_column() >= _EXACT:
        return False
    following = items[position + 1 : position + 2]
    return bool(following) and following[0].best_column() >= _EXACT and not following[0].values


def _after_noun(items: Sequence[Item], position: int) -> bool:
    beside = min(items[position - 1].best_column(), items[position].best_column())
    return _modifies(items, position - 1) or beside >= _EXACT


def is_value(item: Item) -> bool:
    """Tell whether a mention is rather a value than a name."""
    return bool(item.values) and item.best_column() < _EXACT
