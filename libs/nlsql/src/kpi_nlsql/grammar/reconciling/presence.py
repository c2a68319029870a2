"""Presence: rows said to be, or not to be, in several tables: "in A and B but not in C"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.linking import Item

_INTO = frozenset("in from within into of inside on at".split())  # noqa: SIM905
_TELLING = _INTO | {"have", "has"}
_JOINING = frozenset(
    "and or nor , both either neither the in from of a an on at also as well that which who is was "  # noqa: SIM905
    "are were exist exists present found but not available listed appear appears "
    "have has having been it they do does there occur occurs occurring exist among amongst "
    "with".split()
)
_FINITE = frozenset({"are", "is", "were", "was", "have", "has", "exist", "exists"})
_ARTICLES = frozenset({"a", "an", "the"})
_NAMED = 0.6
_COMPARING = ("mismatch", "agree", "compare_tables", "between", "compare", "duplicate")


@dataclass(frozen=True, slots=True)
class Place:
    """A table in which the rows are, or (``negative``) are not."""

    position: int
    negative: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Rows of the table at ``source`` and the tables they are set against; ``cue`` joins them."""

    source: int
    cue: int
    places: tuple[Place, ...]
    either: bool


def find_places(items: Sequence[Item], tables: Sequence[int]) -> Places | None:
    """Return the places if the sentence sets rows against two or more further tables."""
    if len(tables) < 3 or any(_compares(items, at) for at in range(len(items))):
        return None
    named = [items[position].table_hits()[0].table for position in tables]
    source, rest = tables[0], tables[1:]
    if named[0] in named[1:]:
        source, rest = tables[named[1:].index(named[0]) + 1], tables[1:]
        rest = [position for position in rest if position != source]
    if len(rest) < 2 or len(set(named)) < 3:
        return None
    places = _polarities(items, rest, _is_place(items, source))
    if places is None:
        return None
    either = "or" in {item.text for item in items[rest[0] : rest[-1]]}
    negatives = {place.negative for place in places}
    if either and negatives == {True, False}:
        return None
    cue = rest[0] - 1 - _describes(items[rest[0] - 1], items[rest[0]])
    return Places(source, cue, places, either and negatives == {False})


def _is_place(items: Sequence[Item], position: int) -> bool:
    """Tell whether the first table, too, is one that the rows are said to be in."""
    lead = items[_lead(items, position) : position]
    told = any(item.is_cue("also") or item.is_cue("both") for item in lead)
    return told or items[position].placed or _holds_noun(items, position)


def _holds_noun(items: Sequence[Item], position: int) -> bool:
    """Tell whether a column is said to be in the table: "host names in A and B but not in C"."""
    if position < 2 or items[position - 1].text not in {"in", "from", "within"}:
        return False
    noun = items[position - 2]
    return noun.kind == "mention" and noun.best_column() > noun.best_table()


def _polarities(
    items: Sequence[Item], positions: Sequence[int], listed: bool
) -> tuple[Place, ...] | None:
    """Return each place with what is said of it; None where other words stand between."""
    found: list[Place] = []
    for position in positions:
        end = position - _describes(items[position - 1], items[position])
        begin = _behind(items, found[-1].position) if found else _lead(items, end)
        lead = items[begin:end]
        if lead and found and _is_unknown_noun(lead[-1]):
            lead = lead[:-1]
        if not lead or not all(_joins(item) for item in lead):
            return None
        if found and all(item.text in _ARTICLES for item in lead):
            return None  # "students who never paid an invoice" did not do what the verb says
        bare = lead[0].is_cue("missing") and lead[0].text.split()[0] not in {"but", "and"}
        clause = bare or lead[0].is_cue("relative")
        if found and clause and _is_one(items, found[-1].position):
            return None  # "orders that have an item which is not in A": the item is not
        denied = any(item.is_cue("not") or item.is_cue("missing") for item in lead)
        told = listed or denied or _with_both(lead) or any(map(_tells, lead))
        told = told or _with_some(lead, items[position + 1 : positions[-1]])
        if not found and not told:
            return None
        inherits = bool(found) and not denied and found[-1].negative and not _turns(lead)
        found.append(Place(position, denied or inherits))
    return tuple(found)


def _is_one(items: Sequence[Item], position: int) -> bool:
    """Tell whether rows are said to have one row here, of which a clause may tell more."""
    return items[position - 1].text in {"a", "an"} and not items[position].text.endswith("s")


def _turns(lead: Sequence[Item]) -> bool:
    """Tell whether what was denied of a place before is not of the next: "and that are in A"."""
    if {"or", "nor"} & {item.text for item in lead}:
        return False
    return any(
        item.text.startswith("but") or item.is_cue("relative") or _FINITE & set(item.text.split())
        for item in lead
    )


def _behind(items: Sequence[Item], position: int) -> int:
    """Return where a noun ends that is told in two words: "scholarship award", "fuel issues"."""
    following = items[position + 1] if position + 1 < len(items) else items[position]
    table = items[position].table_hits()[0].table
    own = following.kind == "mention" and all(hit.table == table for hit in following.hits)
    weak = own and not following.values and following.best_column() < _NAMED
    return position + 2 if weak or _is_unknown_noun(following) else position + 1


def _describes(item: Item, rows: Item) -> bool:
    """Tell whether a value says which of the rows behind it are meant: "and an open invoice"."""
    table = rows.table_hits()[0].table
    return any(hit.table == table for hit in item.values) and item.best_table() < _NAMED


def _is_unknown_noun(item: Item) -> bool:
    return item.kind == "word" and item.text not in FUNCTION_WORDS and item.text not in _JOINING


def _tells(item: Item) -> bool:
    return item.is_cue("also") or item.last_word in _TELLING


def _with_both(lead: Sequence[Item]) -> bool:
    # "members with both loans and holds" and those "in both A and B" have rows in each of the two.
    words = {item.text for item in lead}
    holds = bool({"with", "have", "has", "having"} & words) and "both" in words
    return holds or any(item.is_cue("both") and " " in item.text for item in lead)


def _with_some(lead: Sequence[Item], behind: Sequence[Item]) -> bool:
    """Tell whether rows of a table are had, and more is said: "with an order but not in A"."""
    joined = any(item.text.split()[0] in {"and", "but"} for item in behind)
    denied = any(item.is_cue("not") or item.is_cue("missing") for item in behind)
    return lead[0].text == "with" and joined and denied


def _lead(items: Sequence[Item], position: int) -> int:
    """Return where the words begin that lead to the first place."""
    start = position
    while start > 0 and _joins(items[start - 1]):
        start -= 1
    return start


def _compares(items: Sequence[Item], position: int) -> bool:
    item, behind = items[position], items[position + 1 : position + 2]
    if behind and behind[0].kind in {"number", "quoted"}:
        return False  # "orders above 500 that are in A but not in B": with a number, no table
    return any(item.is_cue(kind) for kind in _COMPARING) and not item.is_cue("missing")


def _joins(item: Item) -> bool:
    cue = item.is_cue("not") or item.is_cue("missing") or item.is_cue("also")
    cue = cue or item.is_cue("both") or item.is_cue("relative")
    return cue or item.text in _JOINING
