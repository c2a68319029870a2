"""Blanks: "a phone in A but none in B", a value that the one side has and the other lacks.

"Where exactly one of the two phones is blank" leaves open which of them it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kpi_nlsql.english.function_words import COPULAS, FUNCTION_WORDS
from kpi_nlsql.grammar.contrast.compared_clause import Blank, Clause
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, text_at
from kpi_nlsql.plans import plan

_JOINTS = frozenset("but and while although though whereas yet who which that".split()) | {  # noqa: SIM905
    "for which",
    "in which",
}
_HAVING = frozenset("have has had give gives hold holds show shows contain contains list".split())  # noqa: SIM905
_FILLED = frozenset({"one", "it", "filled", "given", "present", "known", "value"})
_LACKING = frozenset({"none", "blank", "empty", "unfilled", "lacks", "lack", "lacking"})
_DENYING = frozenset({"no", "without", "without a", "without any", "has no", "have no", "nothing"})
_ENDS = frozenset({"with", "where", "whose", "only", "having"})
_ONE = frozenset({"exactly", "only", "just"})
_OF_TWO = frozenset({"of", "the", "two", "both"})
_NAMED = 0.6


@dataclass(slots=True)
class _Half:
    """What one half of a clause names, and whether it says that there is a value, or none."""

    owner: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    blank: bool = False
    filled: bool = False


def blanks(items: Sequence[Item]) -> Iterator[Clause]:
    """Yield the clauses that say that one side has a value which the other lacks."""
    yield from _one_of_two(items)
    subject = next((at for at, item in enumerate(items) if item.hits), len(items))
    for joint in range(subject + 2, len(items) - 1):
        if items[joint].text not in _JOINTS:
            continue
        begin = next((at + 1 for at in range(joint - 1, subject, -1) if _opens(items[at])), None)
        begin = subject + 1 if begin is None else begin
        end = next((at for at in range(joint + 1, len(items)) if _opens(items[at])), len(items))
        first = _half(items, range(begin, joint))
        second = _half(items, range(joint + 1, end))
        if first and second and first.blank != second.blank and _speak_of_one(first, second):
            yield _clause(range(len(items)), begin, end, first, second)


def _clause(places: range, begin: int, end: int, first: _Half, second: _Half) -> Clause:
    both = bool(first.columns and second.columns)
    left, right = (
        tuple(sorted([*half.owner, *(half.columns if both else ())])) for half in (first, second)
    )
    common = () if both else (*first.columns, *second.columns)
    told = frozenset(range(begin, end)).difference(left, right, common)
    blank: Blank = "left" if first.blank else "right"
    before, after = tuple(places[:begin]), tuple(places[end:])
    return Clause("!=", left, right, common, before, after, told, blank=blank)


def _one_of_two(items: Sequence[Item]) -> Iterator[Clause]:
    """Yield the clause of "where exactly one of the two phones is blank"."""
    for at, item in enumerate(items):
        noun = skip_words(items, at + 1, _OF_TWO)
        if item.text != "one" or noun < at + 3 or text_at(items, at - 1) not in _ONE:
            continue
        end = noun
        while end < len(items) and items[end].kind == "mention":
            end += 1
        lacking = skip_words(items, end, COPULAS)
        if end > noun and lacking < len(items) and _lacks(items[lacking]):
            told = frozenset({*range(at - 1, noun), *range(end, lacking + 1)})
            before, after = tuple(range(at - 1)), tuple(range(lacking + 1, len(items)))
            common = tuple(range(noun, end))
            yield Clause("!=", (), (), common, before, after, told, blank="one")


def _opens(item: Item) -> bool:
    return item.kind == "mark" or item.text in _ENDS or item.is_cue("relative")


def _half(items: Sequence[Item], part: range) -> _Half | None:
    """Return what a half says; None where it says anything but that there is a value, or none."""
    half = _Half()
    for at in part:
        item = items[at]
        if _lacks(item) or item.text in _DENYING:
            half.blank = True
        elif item.kind == "mention" and not item.values:
            named = item.best_table() >= max(_NAMED, item.best_column())
            (half.owner if named else half.columns).append(at)
        elif item.text in _HAVING | _FILLED or item.is_cue("not_null"):
            half.filled = True
        elif item.kind != "word" or item.text not in FUNCTION_WORDS:
            return None
    return half if half.owner else None


def _lacks(item: Item) -> bool:
    missing = item.is_cue("missing") and item.text.split()[0] == "missing"
    return item.is_cue("null") or item.text in _LACKING or missing


def _speak_of_one(first: _Half, second: _Half) -> bool:
    """Tell whether a column is named, and what the half that does not name it says of it."""
    if not (first.columns or second.columns):
        return False
    return all(half.columns or half.filled or half.blank for half in (first, second))


def is_blank(sides: Sequence[plan.ColumnRef], blank: Blank) -> plan.Condition:
    """Return that the one side has no value where the other has one."""
    left, right = sides
    ways = {
        "left": plan.All((plan.IsNull(left), plan.Not(plan.IsNull(right)))),
        "right": plan.All((plan.Not(plan.IsNull(left)), plan.IsNull(right))),
    }
    return ways[blank] if blank in ways else plan.AnyOf(tuple(ways.values()))


def turned(blank: Blank | None) -> Blank | None:
    """Return which side is blank where the two have changed places."""
    return "right" if blank == "left" else "left" if blank == "right" else blank
