"""Compared spans: where a sentence that compares two tables says more of the rows compared.

"Policies [with a start date before 2024] whose premium differs from the ledger [and that lapsed]".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpi_nlsql.apart.splits import ARTICLES, AUXILIARIES, PREPOSITIONS, subject_of
from kpi_nlsql.grammar.contrast.bounds import opens
from kpi_nlsql.grammar.contrast.clause import comparisons
from kpi_nlsql.grammar.contrast.comparator import is_deed
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, skip_words_back
from kpi_nlsql.sentence import Sentence

_JOINING = frozenset({"and", ",", "but"})
_MARGINS = frozenset({"by"})
"""What says how far apart values are: "by more than 5"."""
_OPENING = ("relative", "not", "missing")


@dataclass(frozen=True, slots=True)
class Span:
    """The tokens of a ``clause``, all that is ``gone`` without it, and where its noun ends.

    ``lead`` is a word that leads to the clause and is said before: "with a mismatch and a price …".
    """

    clause: range
    gone: range
    noun_end: int = 0
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Spans:
    """The tokens of the noun compared, and the ways to see a clause before or behind it.

    ``vague``: the noun names no table well enough to be read with a clause.
    """

    noun: range
    front: tuple[Span, ...]
    behind: tuple[Span, ...]
    vague: bool = False


def spans(sentence: Sentence, tail: int) -> Spans | None:
    """Return where more is said of the rows of a comparison; None of a sentence without one.

    From the token ``tail`` on only columns to show are listed.
    """
    items = [item for item in sentence.linked if item.start < tail]
    found = list(comparisons(items))
    subject = _subject(items, found[0][0]) if found else None
    if subject is None or found[0][1] <= subject + 1:
        return None
    noun = range(items[subject].start, items[subject].end)
    front = tuple(_front(items, subject, max(found[0][0], subject + 1)))
    behind = tuple(_behind(items, found[-1][1]))
    vague = subject_of(items) is None
    return Spans(noun, front, behind, vague) if front or behind else None


def _subject(items: Sequence[Item], begin: int) -> int | None:
    """Return the noun for the rows compared: one that half names them may stand first."""
    named = (at for at in range(begin) if items[at].kind == "mention")
    told = subject_of(items)
    first = next(named, None) if told is None else told
    return first if first is None or items[first].hits else None


def _front(items: Sequence[Item], subject: int, begin: int) -> Iterator[Span]:
    """Yield the ways in which a clause stands between the noun and the comparison."""
    stop = begin - 1 if begin and opens(items, begin - 1) else begin
    if stop < begin and _is_compared(items, stop):
        stop = next((at for at in range(stop - 1, subject, -1) if _opens(items, at)), subject)
    last = skip_words_back(items, stop - 1, _JOINING) + 1
    opened = (at for at in range(subject + 1, last) if _opens(items, at))
    for start in dict.fromkeys([*list(opened)[:1], subject + 1]):
        if start < last:
            told = items[start].start
            yield Span(range(told, items[last - 1].end), range(told, items[stop - 1].end), told)


def _is_compared(items: Sequence[Item], at: int) -> bool:
    """Tell whether a relative speaks of a column: "invoices with a currency | that differs"."""
    before = items[at - 1]
    return items[at].text in {"that", "which"} and before.best_column() > before.best_table()


def _behind(items: Sequence[Item], end: int) -> Iterator[Span]:
    """Yield the ways in which a clause stands behind the comparison, the longest first."""
    last = skip_words_back(items, len(items) - 1, {".", "?", "!"})
    margins = [at for at in range(end, last) if items[at].text in _MARGINS]
    told = next((at for at in margins[::-1] if items[at + 1].is_cue("compare")), end)
    for at in range(told + 1, last):
        start = skip_words(items, at, _JOINING)
        joined = start > at and items[at - 1].text not in _JOINING
        if (joined and _goes_on(items, start)) or (start == at and _opens(items, at)):
            gone = range(items[at].start, items[last].end)
            yield Span(range(items[start].start, items[last].end), gone)
        elif joined and _has_more(items, start):
            gone = range(items[at].start, items[last].end)
            yield Span(range(items[start].start, items[last].end), gone, lead="with")


def _goes_on(items: Sequence[Item], at: int) -> bool:
    """Tell whether a clause may begin here behind "and": "and are inactive", "and from Oslo"."""
    led = items[at].text in (AUXILIARIES | PREPOSITIONS) - _MARGINS or is_deed(items[at])
    return led or _opens(items, at)


def _has_more(items: Sequence[Item], at: int) -> bool:
    """Tell whether rows have something else: "and a repair cost over 8000", "and over 3 jobs"."""
    if items[at].is_cue("compare"):
        return items[at + 1].number is not None and at + 2 < len(items)
    noun = skip_words(items, at, ARTICLES)
    while noun + 1 < len(items) and items[noun + 1].kind == "mention" and items[noun + 1].hits:
        noun += 1
    if (
        at == noun
        or noun + 1 >= len(items)
        or items[noun].best_column() <= items[noun].best_table()
    ):
        return False
    following = items[noun + 1]
    return following.kind in {"cue", "number", "quoted"} or bool(following.values)


def _opens(items: Sequence[Item], at: int) -> bool:
    if items[at].text in _MARGINS:
        return False
    return opens(items, at) or any(items[at].is_cue(kind) for kind in _OPENING)
