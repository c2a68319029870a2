"""Where a sentence lists the columns it wants to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.linking import Item

_BORDERS = frozenset({",", ";", ":", ".", "(", "-", "\u2013", "\u2014"})
_BARE_BORDERS = frozenset({":", "-", "\u2013", "\u2014"})
"""Behind these a list needs no word that leads to it: "stadiums without an event - name, city"."""
_CLOSING = frozenset({".", "?", "!", ")", ";"})
_LEADING = frozenset(
    "and please i we you only just need want would like to see me us with together along including "  # noqa: SIM905
    "also give showing".split()
)
_TELLING = frozenset({"with", "need", "want", "see", "including", "showing"})
_SEPARATORS = frozenset({",", "and", "plus", "&", "also", "+"})
_FILLERS = frozenset(
    "the their its his her a an only as well corresponding respective this that these those "  # noqa: SIM905
    "such".split()
)
_OWNING = frozenset({"of", "from", "in", "for"})
_NUMBERS = frozenset({"number", "numbers", "count"})
_PLAIN_NAME = 0.5
_NAMES_TABLE = 0.6


@dataclass(frozen=True, slots=True)
class Element:
    """One column of a list: the items that name it, and the table it is said to be of.

    ``both``: the columns of this name on either side of a comparison; ``function``: what the
    rows come to by it ("this total", "the number of tickets", "the average price").
    """

    positions: tuple[int, ...]
    owner: str | None = None
    both: bool = False
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A list of columns; the items from ``start`` to before ``end`` are no part of the rest."""

    elements: tuple[Element, ...]
    start: int
    end: int
    opens: bool = False


def find_request(items: Sequence[Item]) -> Request | None:
    """Return the list of columns at the end of a sentence, or else the one it begins with."""
    for position in range(2, len(items)):
        behind = _behind_lead(items, position)
        if behind is None:
            continue
        elements = listed(items, behind, last(items))
        if elements:
            return Request(elements, position, len(items))
    return _leading(items)


def last(items: Sequence[Item]) -> int:
    """Return where the sentence ends but for its closing marks."""
    end = len(items)
    while end and items[end - 1].kind == "mark" and items[end - 1].text[0] in _CLOSING:
        end -= 1
    return end


def _behind_lead(items: Sequence[Item], position: int) -> int | None:
    """Return where a list begins whose leading words begin here: "; I only need …"."""
    item = items[position]
    border = item.kind == "mark" and item.text[0] in _BORDERS
    joined = item.text == "and" or item.text in {"together", "along", "including"}
    if not border and not joined:
        return None
    told = item.text == "including" or (border and item.text[0] in _BARE_BORDERS)
    behind = position + 1
    while behind < len(items) and _leads(items[behind]):
        told = told or items[behind].text in _TELLING or _shows(items[behind])
        behind += 1
    return behind if told and behind < len(items) else None


def _leads(item: Item) -> bool:
    return _shows(item) or item.text in _LEADING or item.text in {"the", "their", "its"}


def _shows(item: Item) -> bool:
    # "and what are their locations?" asks for more, "and show their locations" for no more.
    return item.is_cue("show") and item.text.split()[0] not in {"what", "how"}


def _leading(items: Sequence[Item]) -> Request | None:
    """Return the list that opens the sentence: "Number and name of …", "Code, city where …"."""
    start = 0
    while start < len(items) and _leads(items[start]):
        start += 1
    for end in range(start + 2, len(items)):
        if items[end].text not in _OWNING and not items[end].is_cue("relative"):
            continue
        elements = listed(items, start, end)
        if elements is not None and len(elements) > 1:
            behind = end + 1 if items[end].text in _OWNING else end
            return Request(elements, start, behind, opens=True)
        return None
    return None


def listed(items: Sequence[Item], start: int, end: int) -> tuple[Element, ...] | None:
    """Return the columns listed between two positions; None where anything else is said."""
    elements: list[Element] = []
    one = _One()
    position = start
    while position < end:
        item = items[position]
        if item.text in _SEPARATORS:
            elements += one.element()
            one = _One()
        elif item.text in _OWNING and one.named:
            one.owner, position = _owner(items, position + 1, end)
            if one.owner is None and one.function is None:
                return None
        elif item.text == "both" and not one.named:
            one.both = True
        elif _names_part(items, position, one.named, end):
            one.named.append(position)
        elif item.is_cue("aggregate") or item.is_cue("count"):
            one.function = "count" if item.is_cue("count") else item.argument("aggregate")
        elif item.text not in _FILLERS:
            return None
        position += 1
    return (*elements, *one.element())


@dataclass(slots=True)
class _One:
    """An element while its words are read."""

    named: list[int] = field(default_factory=list)
    owner: str | None = None
    both: bool = False
    function: str | None = None

    def element(self) -> list[Element]:
        """Return the element, if any word of it was read."""
        if not self.named and self.function is None:
            return []
        return [Element(tuple(self.named), self.owner, self.both, self.function)]


def _owner(items: Sequence[Item], position: int, end: int) -> tuple[str | None, int]:
    """Return the table behind "of" or "from", and the position of the mention."""
    while position < end and items[position].text in _FILLERS:
        position += 1
    if position >= end or items[position].best_table() < _NAMES_TABLE:
        return None, position
    return items[position].table_hits()[0].table, position


def _names_part(items: Sequence[Item], position: int, named: list[int], end: int) -> bool:
    item = items[position]
    numbers = bool(named) and item.text in _NUMBERS
    return numbers or _names(item) or _is_total(items, position, end)


def _is_total(items: Sequence[Item], position: int, end: int) -> bool:
    # "the order date and the total": a stored amount, where nothing to add up follows.
    last = position + 1 >= end or items[position + 1].text in _SEPARATORS
    return items[position].text == "total" and last


def _names(item: Item) -> bool:
    if item.kind == "word":
        return item.text not in FUNCTION_WORDS
    named = max(item.best_column(), item.best_table())
    return item.kind == "mention" and named >= _PLAIN_NAME and not _is_value(item)


def _is_value(item: Item) -> bool:
    return bool(item.values) and item.best_column() < _PLAIN_NAME
