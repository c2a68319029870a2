"""Equated keys: ", where the order reference of the invoice equals the order id", "on A = B"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at

OPENING = frozenset({",", "(", "-", "\u2013", ";"})
"""What a clause that names the key may begin behind."""
_LEADING = frozenset("where with when if on the using via by and".split())  # noqa: SIM905
_DETERMINERS = frozenset({"the", "a", "an", "its", "their"})
_EQUAL = frozenset(
    "= == is equals equal matches match corresponds being means contains holds refers to as "  # noqa: SIM905
    "called named the in of".split()
)
_TELLING = _EQUAL - {"to", "as", "the", "in", "of"}
_OWNING = frozenset({"of", "in", "from", "on"})
_NAMED = 0.85
_ROWS = 0.5


@dataclass(frozen=True, slots=True)
class Equated:
    """Where the columns of either side stand, one for one, and where what says so ends."""

    columns: tuple[int, ...]
    onto: tuple[int, ...]
    end: int


def equated(items: Sequence[Item], position: int) -> Equated | None:
    """Return the pairs of columns that are said to be equal from a position on."""
    opened = items[position].text in OPENING
    at = position + opened
    if not opened and text_at(items, at) not in {"where", "on", "via", "using", "by", "when"}:
        return None
    columns: list[int] = []
    onto: list[int] = []
    while True:
        pair = _pair(items, skip_words(items, at, _LEADING))
        if pair is None:
            break
        columns.append(pair[0])
        onto.append(pair[1])
        at = pair[2]
        if text_at(items, at) not in {"and", ","}:
            break
    return Equated(tuple(columns), tuple(onto), at) if columns else None


def _pair(items: Sequence[Item], position: int) -> tuple[int, int, int] | None:
    """Return where the two columns stand that are said to be equal, and what follows them."""
    first = item_at(items, position)
    if first is None or not _is_key(first):
        return None
    verb = behind_owner(items, position + 1)
    second = verb
    while second < len(items) and (items[second].text in _EQUAL or _equals(items[second])):
        second += 1
    said = any(item.text in _TELLING or _equals(item) for item in items[verb:second])
    other = item_at(items, second)
    if not said or other is None or not _is_key(other) or _of_one_table(first, other):
        return None
    return position, second, behind_owner(items, second + 1)


def _equals(item: Item) -> bool:
    return item.is_cue("compare", "=") or (item.is_cue("agree") and not item.hits)


def _is_key(item: Item) -> bool:
    return item.kind == "mention" and item.best_column() >= _NAMED and not item.values


def _of_one_table(first: Item, second: Item) -> bool:
    """Tell whether both columns are of the same tables only: "where the due date is the …"."""
    mine, theirs = (
        {hit.table for hit in item.column_hits() if hit.score >= _NAMED} for item in (first, second)
    )
    return len(mine | theirs) == 1


def behind_owner(items: Sequence[Item], position: int) -> int:
    """Return what follows "of the invoice", if that is what stands here."""
    if text_at(items, position) not in _OWNING:
        return position
    owner = skip_words(items, position + 1, _DETERMINERS)
    item = item_at(items, owner)
    return owner + 1 if item is not None and item.best_table() >= _ROWS else position
