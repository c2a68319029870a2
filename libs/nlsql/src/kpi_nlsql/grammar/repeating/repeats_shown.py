"""What is shown of duplicates: the values that repeat, the rows that share them, or how many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi_nlsql.english.deeds import is_inflected
from kpi_nlsql.grammar.repeating.repeated_keys import Keys
from kpi_nlsql.grammar.repeating.repeats import ROWS, Repeat, as_another
from kpi_nlsql.mentions.linking import Item

_HOW_OFTEN = "how often"
_CLAUSES = frozenset({"whose", "where", "which", "that", "who"})
_TELLING = frozenset(
    "times time often occurrence occurrences row rows record records each of them it these those "  # noqa: SIM905
    "such affected share shares have has had there are is they do does the".split()
)
"""Words behind "and how many" that say no more than that it is told how often each is there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """``rows``: the rows themselves; ``counted``: how many.

    ``often``: the sentence asks, too, how often each is there.
    """

    rows: bool
    counted: bool
    often: bool
    used: frozenset[int]


def shown_beside(items: Sequence[Item], repeat: Repeat, keys: Keys) -> Shown:
    """Return what the sentence asks to see of the duplicates."""
    times = _times(items, repeat, keys)
    counted = _counted(items, repeat)
    verbs = _verbs(items, repeat, keys)
    rows = _asks_for_rows(items, repeat, keys, _clause(items))
    return Shown(rows, bool(counted), bool(times), frozenset({*times, *counted, *verbs}))


def _clause(items: Sequence[Item]) -> int | None:
    """Return where the clause on the rows begins."""
    return next((at for at, item in enumerate(items) if at and item.text in _CLAUSES), None)


def _counted(items: Sequence[Item], repeat: Repeat) -> set[int]:
    """Return the "how many" that asks for the number of duplicates: it opens the sentence."""
    counts = [at for at, item in enumerate(items) if item.is_cue("count")]
    if not counts or counts[0] > min(repeat.cues) or items[counts[0]].text == _HOW_OFTEN:
        return set()
    opens = all(item.is_cue("show") or item.kind == "word" for item in items[: counts[0]])
    return {counts[0]} if opens else set()


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
        if not (of_rows or item.text in _TELLING):
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
    return any(at < clause for at in keys.used)


def _opens_with_rows(items: Sequence[Item]) -> bool:
    """Tell whether rows are what is asked for: "all rows of A with a duplicate code"."""
    asked = ("show", "all", "count")
    said = (item for item in items if not any(item.is_cue(kind) for kind in asked))
    opening = next((item for item in said if item.text != "the"), None)
    return opening is not None and opening.is_cue("details") and opening.text in ROWS
