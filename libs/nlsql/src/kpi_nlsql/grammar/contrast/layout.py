"""Layout: what the sentence says around a comparison — the rows, the columns to show, the key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import Token, parts
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.listed_rows import (
    FOR_EACH,
    LISTING,
    Positions,
    list_and_rows,
)
from kpi_nlsql.grammar.contrast.operand import Word
from kpi_nlsql.grammar.contrast.per_source import tells_source
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back

_LEADS_TO_LIST = frozenset({"with", ":", "showing", "including", "incl"})
_DETERMINERS = frozenset({"the", "their", "its", "a"})
_LEADS_TO_KEY = frozenset({"by", "per", "on", "using", "joined on", "based on"})
_SAME = frozenset({"same", "the same", "with the same"})
_WEAK = 0.5
_EMPTY = frozenset({"#", "all", "any", "both", "other"})


@dataclass(slots=True)
class Layout:
    """Positions of the items for the rows, for each column to show, and for each part of a key.

    ``counts``: only how many rows there are is asked for. ``order``: the columns to sort by, and
    whether downwards. ``awaits_list``: what to show is told last, "show me, for all orders …, X".
    """

    head: Positions = ()
    shown: list[Positions] = field(default_factory=list)
    keys: list[Positions] = field(default_factory=list)
    order: list[tuple[Positions, bool]] = field(default_factory=list)
    loose: Positions = ()
    counts: bool = False
    awaits_list: bool = False
    told: set[int] = field(default_factory=set)


def laid_out(items: Sequence[Item], clause: Clause) -> Layout:
    """Return what stands around the comparison."""
    layout = Layout()
    layout.told |= set(clause.told)
    layout.told |= {at for at in range(len(items)) if tells_source(items, at)}
    _before(items, clause.before, layout)
    _after(items, clause.after, layout)
    return layout


def lists_beside(items: Sequence[Item], position: int) -> bool:
    """Tell whether columns listed from a position on stand beside rows: "…, with make, model"."""
    before = skip_words_back(items, position - 1, _DETERMINERS)
    return before >= 0 and items[before].last_word in _LEADS_TO_LIST


def words_of(
    items: Sequence[Item], positions: Sequence[int], tokens: Sequence[Token]
) -> tuple[Word, ...]:
    """Return the words of the items that say something, those of "PartStatus" each."""
    found = []
    for position in positions:
        item = items[position]
        names_value = position + 1 < len(items) and is_value_of(items[position + 1], item)
        if (
            is_value(item)
            or names_value
            or (item.cues and not item.hits and not _names_something(item))
        ):
            continue
        for at in range(item.start, item.end):
            token = tokens[at]
            inside = bool(item.hits) and item.start < at < item.end - 1  # "check in date"
            if token.kind == "word" and (inside or token.lower not in FUNCTION_WORDS | _EMPTY):
                # "SKUs" is one word, "PartStatus" two.
                plural = token.text[:-1].isupper() and token.text.endswith("s")
                found += [Word(at, part) for part in parts(token.lower if plural else token.text)]
    return tuple(found)


def is_value_of(value: Item, item: Item) -> bool:
    """Tell whether a value is one of the column named before it: "account 8400".

    "subscribers active in A" are rows, though halfway called like their ``sub_stat``.
    """
    columns = {(hit.table, hit.column) for hit in value.values if hit.score >= 1.0}
    least = max(_WEAK, item.best_table())
    return is_value(value) and bool(
        columns & {(hit.table, hit.column) for hit in item.column_hits() if hit.score >= least}
    )


def is_value(item: Item) -> bool:
    """Tell whether an item is a value rather than a name: "approved prices"."""
    exact = any(hit.score >= 1.0 for hit in item.values)
    weak = max((hit.score for hit in item.hits), default=0.0) < _WEAK
    return item.kind == "quoted" or (exact and weak)


def _names_something(item: Item) -> bool:
    # "total amount" and "number of rooms" are columns here, not sums and counts; so is a report.
    return item.text in {"report", "list"} or any(
        item.is_cue(kind) for kind in ("count", "aggregate", "details")
    )


def _before(items: Sequence[Item], positions: Positions, layout: Layout) -> None:
    rest = list(positions)
    layout.awaits_list = _shows_last(items, rest)
    while rest and _leads(items[rest[0]]):
        layout.counts |= items[rest[0]].is_cue("count")
        layout.told.add(rest.pop(0))
    while rest and (items[rest[-1]].is_cue("relative") or items[rest[-1]].text in FUNCTION_WORDS):
        layout.told.add(rest.pop())
    if layout.counts:
        layout.head = tuple(rest)
        return
    rest = _without_key(items, rest, layout)
    listed, rows = list_and_rows(items, rest)
    segments = list(_segments(items, listed))
    if rows is not None and segments:
        layout.shown, layout.head = segments, rows
        layout.told |= set(rest) - {*listed, *rows}
    elif len(segments) > 1:
        layout.shown = segments
    else:
        layout.head = tuple(rest)


def _shows_last(items: Sequence[Item], positions: Sequence[int]) -> bool:
    said = [items[at] for at in positions[:3] if items[at].kind != "mark"]
    return len(said) > 1 and said[0].is_cue("show") and said[1].text == "for"


def _without_key(items: Sequence[Item], rest: list[int], layout: Layout) -> list[int]:
    """Take the key from the list of what is wanted: "amounts per invoice number"."""
    leads = [cut for cut, at in enumerate(rest) if cut and _is_key_lead(items, at)]
    lead = next(iter(leads), None)
    if lead is None:
        return rest
    layout.keys += list(_segments(items, rest[lead + 1 :]))
    layout.told.add(rest[lead])
    return rest[:lead]


def _is_key_lead(items: Sequence[Item], position: int) -> bool:
    item = items[position]
    leads = item.text in {"per", "by"} or (item.is_cue("group") and item.text not in FOR_EACH)
    return leads and not tells_source(items, position)


def _leads(item: Item) -> bool:
    shows = any(item.is_cue(kind) for kind in ("show", "count", "all", "details", "relative"))
    return (shows and not item.hits) or item.text in FUNCTION_WORDS or item.kind == "mark"


def _after(items: Sequence[Item], positions: Positions, layout: Layout) -> None:
    at = 0
    while at < len(positions):
        position = positions[at]
        item = items[position]
        rest = positions[at + 1 :]
        stretch = _stretch(items, rest)
        if item.is_cue("order") and stretch:
            layout.order += list(_sorting(items, stretch))
            layout.told |= {position, *(n for n in stretch if _directs(items[n]))}
            at += 1 + len(stretch)
        elif _leads_to_key(items, position, rest):
            stretch = _key(items, rest)
            layout.keys += list(_segments(items, _without_same(items, stretch)))
            layout.told |= {position, *_sames(items, stretch)}
            at += 1 + len(stretch)
        elif item.is_cue("show") or item.text in _LEADS_TO_LIST or _lists_now(item, layout):
            listed = _list(items, rest)
            layout.shown += list(_segments(items, listed))
            layout.told.add(position)
            at += 1 + len(listed)
        else:
            layout.loose = (*layout.loose, position)
            at += 1


def _lists_now(item: Item, layout: Layout) -> bool:
    return layout.awaits_list and item.text == "," and not layout.shown


def _sorting(items: Sequence[Item], positions: Positions) -> Iterator[tuple[Positions, bool]]:
    """Yield the columns to sort by, each with whether it is sorted downwards."""
    for part in _segments(items, positions):
        named = tuple(at for at in part if not _directs(items[at]))
        yield named, any(items[at].is_cue("descending") for at in part)


def _directs(item: Item) -> bool:
    return item.is_cue("descending") or item.is_cue("ascending")


def _leads_to_key(items: Sequence[Item], position: int, rest: Positions) -> bool:
    text = items[position].text
    same = any(items[at].text in _SAME for at in rest[:2])
    if text in {"for", "of", "with", "on", "and", "("} and same:
        return True
    return text in _LEADS_TO_KEY or items[position].is_cue("group")


def _sames(items: Sequence[Item], positions: Positions) -> set[int]:
    return {at for at in positions if items[at].text in _SAME}


def _without_same(items: Sequence[Item], positions: Positions) -> Positions:
    return tuple(at for at in positions if items[at].text not in _SAME)


def _stretch(items: Sequence[Item], positions: Positions) -> Positions:
    """Return the positions up to the next mark or lead."""
    found: list[int] = []
    for position in positions:
        item = items[position]
        if item.kind == "mark" or item.text in _LEADS_TO_LIST or item.is_cue("show"):
            break
        if item.is_cue("relative"):
            break
        found.append(position)
    return tuple(found)


def _key(items: Sequence[Item], positions: Positions) -> Positions:
    """Return the parts of a key: "for the same entity, partner and period" goes on behind ","."""
    found = list(_stretch(items, positions))
    while len(found) < len(positions) and items[positions[len(found)]].text == ",":
        part = _stretch(items, positions[len(found) + 1 :])
        if not part or not items[part[0]].column_hits():
            break
        found += [positions[len(found)], *part]
    return tuple(found)


def _list(items: Sequence[Item], positions: Positions) -> Positions:
    found: list[int] = []
    for position in positions:
        item = items[position]
        ends = item.kind == "mark" and item.text not in {",", "/"}
        if ends or item.is_cue("relative") or item.text in {"for", "by", "per"}:
            break
        found.append(position)
    return tuple(found)


def _segments(items: Sequence[Item], positions: Sequence[int]) -> Iterator[Positions]:
    """Yield the parts of a list."""
    part: list[int] = []
    for position in positions:
        inside = _inside_name(items, position) or _joins_values(items, position)
        splits = items[position].text in LISTING and not inside
        if splits:
            if part:
                yield tuple(part)
            part = []
        else:
            part.append(position)
    if part:
        yield tuple(part)


def _joins_values(items: Sequence[Item], position: int) -> bool:
    # "withdrawn and deferred students" are one kind of rows
    return 0 < position < len(items) - 1 and all(
        is_value(items[at]) for at in (position - 1, position + 1)
    )


def _inside_name(items: Sequence[Item], position: int) -> bool:
    # "B/L number"
    slash = items[position].text == "/"
    around = [*items[position - 1 : position], *items[position + 1 : position + 2]]
    return slash and any(len(item.text) == 1 for item in around)
