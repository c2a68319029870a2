"""Opposed comparisons: "the same name but different phones", "agree on the price but not the unit".

One of two lists of columns must be alike in both tables, the other must not; the second may leave
out what is said of it: "the amount differs but the currency does not".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.reconciling.differing import DIFFERENT
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words

_OPPOSING = frozenset({"but", "while", "whereas", "although", "though", "yet", "and", ","})
_JOINING = frozenset({"and", ","})
_ENDING = frozenset({"between", "with", "where", "whose", ".", "?", ";", ":", "(", "for"})
_UNLIKE = DIFFERENT | {"another", "other", "a different"}


@dataclass(frozen=True, slots=True)
class Opposed:
    """A stretch of a sentence, whether its columns are to be equal, and what tells that."""

    part: range
    equal: bool
    telling: frozenset[int]


def opposed(items: Sequence[Item]) -> Iterator[tuple[Opposed, Opposed]]:
    """Yield the ways to see two comparisons that oppose each other."""
    for cut in range(2, len(items) - 1):
        if items[cut].text not in _OPPOSING:
            continue
        first = _told(items, range(cut))
        second = _second(items, cut, first) if first is not None else None
        if first is not None and second is not None and first.equal != second.equal:
            yield first, second


def _second(items: Sequence[Item], cut: int, first: Opposed) -> Opposed | None:
    part = range(cut + 1, _end(items, cut + 1))
    if any(items[at].values and not items[at].column_hits() for at in part):
        return None  # "but whose status is not Active"
    told = _told(items, part)
    if told is not None or items[cut].text in _JOINING:
        return told
    denials = frozenset(at for at in part if _denies(items[at]))
    denied = any(items[at].is_cue("not") for at in first.telling)
    if not denials and not denied:
        return None
    return Opposed(part, not first.equal, denials)


def _end(items: Sequence[Item], start: int) -> int:
    ends = (at for at in range(start + 1, len(items)) if items[at].text in _ENDING)
    relatives = (at for at in range(start + 1, len(items)) if items[at].is_cue("relative"))
    return min(next(ends, len(items)), next(relatives, len(items)))


def _told(items: Sequence[Item], part: range) -> Opposed | None:
    """Return a stretch that says by a word of its own whether values are alike."""
    for at in reversed(part):
        item = items[at]
        unlike = item.is_cue("mismatch") or item.text in _UNLIKE
        if not unlike and not item.is_cue("agree"):
            continue
        if item.text in {"another", "other", "different"} and not _leads(items, at):
            return None
        denied = at - 1 in part and items[at - 1].is_cue("not")
        telling = frozenset({at, at - 1} if denied else {at})
        return Opposed(part, unlike == denied, telling)
    return None


def _leads(items: Sequence[Item], at: int) -> bool:
    """Tell whether a column follows, which is what is different: "different phones"."""
    noun = skip_words(items, at + 1, {"the", "a"})
    return noun < len(items) and items[noun].best_column() > items[noun].best_table()


def _denies(item: Item) -> bool:
    missing = item.is_cue("missing") and item.text.split()[0] == "not"
    return missing or (item.is_cue("not") and item.last_word in {"not", "on", "in"})
