"""What is shown of duplicates: the values that repeat, the rows that share them, or how many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi_nlsql.english.deeds import is_inflected
from kpi_nlsql.grammar.repeating.named_keys import OF_ROWS
from kpi_nlsql.grammar.repeating.repeated_keys import Keys
from kpi_nlsql.grammar.repeating.repeats import ROWS, Repeat, as_another
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.named_columns import NAMES
from kpi_nlsql.schema.naming_columns import naming_columns
from kpi_nlsql.sentence import Sentence

_SURE = 0.6
_KNOWN = 0.85
_HOW_OFTEN = "how often"
_CLAUSES = OF_ROWS | {"which", "that", "who"}
_TELLING = frozenset(
    "times time often occurrence occurrences row rows record records each of them it these those "  # noqa: SIM905
    "such affected share shares have has had there are is they do does the".split()
)
"""Words behind "and how many" that say no more than that it is told how often each is there."""
_TESTS = (
    "compare", "between", "before", "after", "older", "younger", "null", "not_null", "contains",
    "starts", "ends", "recent",
)  # fmt: skip
"""Cues that say of the column in front of them that it is tested rather than shown."""
_FARTHEST_TEST = 3
_BETWEEN_NOUNS = frozenset({"and", "or"})
_JOINING = frozenset({"and", "but"})
_ADDING = frozenset({"with", "including", "showing", "plus", "together with", "along with"})


@dataclass(frozen=True, slots=True)
class Shown:
    """``rows``: the rows themselves (their ``details``, if any are named); ``counted``: how many.

    ``often``: the sentence asks, too, how often each is there. ``like_any``: what else is told
    of the rows is not told of those they are like.
    """

    rows: bool
    counted: bool
    often: bool
    details: tuple[str, ...]
    used: frozenset[int]
    like_any: bool = False


def shown_beside(sentence: Sentence, repeat: Repeat, keys: Keys) -> Shown:
    """Return what the sentence asks to see of the duplicates."""
    items = sentence.items
    times = _times(items, repeat, keys)
    counted = _counted(items, repeat)
    verbs = _verbs(items, repeat, keys)
    clause = _clause(items)
    rows = _counts_rows(items, counted, keys)
    rows = rows or (not times and _asks_for_rows(items, repeat, keys, clause))
    details = _details(sentence, repeat, keys, (clause or 0) if rows else 0)
    used = {*times, *counted, *verbs, *details}
    names = tuple(dict.fromkeys(details.values()))
    if not rows:
        # "… more than once, show A and how often": the values themselves again.
        rows = bool(details) and not times and not set(names) <= set(keys.columns.values())
        names = tuple(dict.fromkeys((*keys.columns.values(), *names)))
    told = names if rows else ()
    like_any = _are_like_any(items, max((*keys.columns, *repeat.cues)) + 1)
    return Shown(rows, bool(counted), bool(times), told, frozenset(used), like_any)


def _are_like_any(items: Sequence[Item], behind: int) -> bool:
    """Tell whether rows are like any other: "as another one", "with a duplicate code and open".

    ``behind``: where the repeat has been told.
    """
    joined = behind < len(items) and items[behind].text in _JOINING
    return joined or any(as_another(items, at) for at in range(len(items)))


def _clause(items: Sequence[Item]) -> int | None:
    """Return where the clause on the rows begins; "guests sharing an address" has no pronoun."""
    return next(
        (at for at, item in enumerate(items) if at and (item.text in _CLAUSES or _shares(item))),
        None,
    )


def _shares(item: Item) -> bool:
    return item.is_cue("duplicate") and item.text.startswith(("share ", "sharing "))


def _counted(items: Sequence[Item], repeat: Repeat) -> set[int]:
    """Return the "how many" that asks for the number of duplicates: it opens the sentence."""
    counts = [at for at, item in enumerate(items) if item.is_cue("count")]
    if not counts or counts[0] > min(repeat.cues) or items[counts[0]].text == _HOW_OFTEN:
        return set()
    opens = all(item.is_cue("show") or item.kind == "word" for item in items[: counts[0]])
    return {counts[0]} if opens else set()


def _counts_rows(items: Sequence[Item], counted: set[int], keys: Keys) -> bool:
    """Tell whether rows are counted: "how many invoices have the same amount", no "duplicate" ones.

    ``counted``: where it is asked how many there are.
    """
    at = min(counted, default=len(items)) + 1
    while at < len(items) and at not in keys.used and (items[at].values or items[at].is_cue("all")):
        at += 1
    return at in keys.used and min(keys.columns, default=0) > at


def _times(items: Sequence[Item], repeat: Repeat, keys: Keys) -> set[int]:
    """Return the words by which it is asked, too, how often each is there."""
    counts = [
        at
        for at, item in enumerate(items)
        if item.is_cue("count") and (at > min(repeat.cues) or item.text == _HOW_OFTEN)
    ]
    if not counts:
        return set()
    found = {counts[0]}
    for at in range(counts[0] + 1, len(items)):
        item = items[at]
        of_rows = any(hit.table == keys.table for hit in item.table_hits())
        if not (of_rows or item.text in _TELLING or item.is_cue("group") or item.is_cue("often")):
            break
        found.add(at)
    return found


def _verbs(items: Sequence[Item], repeat: Repeat, keys: Keys) -> Iterable[int]:
    # "show up more than once", "were booked twice": what happened says nothing about the rows.
    if not repeat.bare:
        return ()
    first = min(repeat.cues)
    named = [at for at in (*keys.columns, *keys.used) if at < first and not _happens(items[at])]
    behind = range(max(named, default=first) + 1, first)
    return [at for at in behind if _happens(items[at])]


def _happens(item: Item) -> bool:
    """Tell whether an item is part of a verb: "turn up", "were booked", "paid"."""
    deed = " " not in item.text and (item.text.endswith("ed") or is_inflected(item.text))
    return deed or item.kind == "word" or item.is_cue("show")


def _asks_for_rows(items: Sequence[Item], repeat: Repeat, keys: Keys, clause: int | None) -> bool:
    # "customers whose email appears more than once" are rows, "duplicate emails" are values.
    if any(item.text.startswith("combination") for item in items):
        return False  # "… and list these duplicate combinations"
    if keys.columns and any(as_another(items, at) for at in range(max(keys.columns), len(items))):
        return bool(keys.used)
    columns = sorted(keys.columns)
    if columns and _opens_with_rows(items):
        return True
    if clause is None or not columns or columns[0] < clause or min(repeat.cues) < clause:
        return False
    named = any(at < clause for at in keys.used)
    if repeat.bare and items[clause].text not in OF_ROWS:
        return False  # "accruals that were posted twice for the same member"
    return named or any(item.is_cue("details") for item in items[:clause])


def _opens_with_rows(items: Sequence[Item]) -> bool:
    """Tell whether rows are what is asked for: "all rows of A with a duplicate code"."""
    asked = ("show", "all", "count")
    said = (item for item in items if not any(item.is_cue(kind) for kind in asked))
    opening = next((item for item in said if item.text != "the"), None)
    return opening is not None and opening.is_cue("details") and opening.text in ROWS


def _details(sentence: Sentence, repeat: Repeat, keys: Keys, end: int) -> dict[int, str]:
    """Return the columns to show of the rows, by where they are named: before ``end``, or last."""
    items = sentence.items
    told = [*keys.columns, *repeat.cues]
    zone = set(range(end))
    adding = [at for at in range(max(told) + 1, len(items)) if _adds(items, at)]
    zone |= set(range(adding[0] + 1, len(items))) if adding else set()
    table = sentence.graph.table(keys.table)
    found: dict[int, str] = {}
    for at in sorted(zone - set(told)):
        if items[at].text in NAMES and not items[at].hits:
            found[at] = naming_columns(table)[0]
        hits = [hit for hit in items[at].column_hits() if hit.table == keys.table]
        wanted = _KNOWN if at < min(told) else _SURE
        if hits and hits[0].score >= wanted and not is_tested(items, at):
            found[at] = str(hits[0].column)
    return found


def is_tested(items: Sequence[Item], position: int) -> bool:
    """Tell whether a mention is tested, or is no column: "status Open", "another product"."""
    before = items[position - 1] if position else items[position]
    if before.is_cue("not") or before.text == "another" or items[position].values:
        return True
    for item in items[position + 1 : position + 1 + _FARTHEST_TEST]:
        if item.values or item.kind in {"number", "quoted"} or any(map(item.is_cue, _TESTS)):
            return True
        if (item.kind == "mark" and item.text != "(") or item.hits or item.text in _BETWEEN_NOUNS:
            return False
    return False


def _adds(items: Sequence[Item], position: int) -> bool:
    """Tell whether further columns follow: ", with the name and the phone", "and show the name"."""
    item = items[position]
    return item.text in _ADDING or item.is_cue("show")
