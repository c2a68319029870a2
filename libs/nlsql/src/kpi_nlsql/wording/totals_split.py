"""Totals of another table's name: "the total amount of the lines" is the sum of their amounts.

``total_amount`` may well be a column of the reports; what the lines have is an amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.english.words import stem
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at

_SURE = 0.6
_EXACT = 0.95
_OF = frozenset({"of", "for", "in", "on"})
_AND = frozenset({"and", ",", "the"})
_TOTAL = frozenset({"total", "the total"})
_PASSED = frozenset({"the", "all", "all the", "our", "all of"})
_FARTHEST = 4


def totals_split(items: Sequence[Item], lexicon: Lexicon) -> list[Item]:
    """Return the items with such a mention told as a sum and a column."""
    found: list[Item] = []
    for position, item in enumerate(items):
        if item.text in _TOTAL and not item.cues and _is_amount(item_at(items, position + 1)):
            found.append(_sum(item))
            continue
        owner = _owner(items, position) if item.text.startswith("total ") else None
        parted = _parted(item, owner, lexicon) if owner is not None else None
        found += parted or [item]
    return found


def _listed(items: Sequence[Item], at: int) -> bool:
    """Tell whether "and" stands here, or one more amount: "total value and total duty of …"."""
    amount = items[at].best_column() >= _EXACT and not items[at].values
    return items[at].text in _AND or (amount and items[at - 1].text in {*_AND, *_TOTAL})


def _is_amount(item: Item | None) -> bool:
    # "total quantity", though orders have a total
    if item is None:
        return False
    return item.best_column() >= _EXACT and item.best_column() > item.best_table()


def _sum(item: Item) -> Item:
    return Item("cue", "total", item.start, item.start + 1, cues=(Cue("aggregate", "sum"),))


def _owner(items: Sequence[Item], position: int) -> str | None:
    """Return the table whose rows "of" leads to behind a mention, or by whose column it is told."""
    if (grouped := _grouped(items, position + 1)) is not None:
        return grouped
    of = position + 1
    while of < len(items) and (items[of].is_cue("aggregate") or _listed(items, of)):
        of += 1
    if of >= len(items) or items[of].text not in _OF:
        return None
    for item in items[of + 1 : of + 1 + _FARTHEST]:
        if item.best_table() >= _SURE and item.best_table() >= item.best_column():
            return item.table_hits()[0].table
        if item.text not in _PASSED and item.kind != "word" and not item.values:
            return None
    return None


def _grouped(items: Sequence[Item], position: int) -> str | None:
    """Return the one table that has the column which "per" leads to: "total amount per type"."""
    leads, told = item_at(items, position), item_at(items, position + 1)
    if leads is None or told is None or not (leads.is_cue("group") or leads.text == "by"):
        return None
    tables = {hit.table for hit in told.column_hits() if hit.score >= _EXACT}
    return tables.pop() if len(tables) == 1 and told.best_table() < _SURE else None


def _parted(item: Item, owner: str, lexicon: Lexicon) -> list[Item] | None:
    if any(hit.table == owner and hit.score >= _EXACT for hit in item.column_hits()):
        return None
    words = item.text.split()[1:]
    hits = lexicon.names(tuple(stem(word) for word in words), "".join(words))
    own = tuple(hit for hit in hits if hit.table == owner and hit.column and hit.score >= _EXACT)
    if not own:
        return None
    return [
        _sum(item),
        replace(item, text=" ".join(words), start=item.start + 1, hits=own, values=()),
    ]
