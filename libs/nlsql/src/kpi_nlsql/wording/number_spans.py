"""Number spans: "a price of 10 to 20", "outside the range 10 to 20", "from 50 upwards".

A span is put with "between" and "and", an open one with "at least", which the grammar reads.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.dates_read import YEARS
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, retold, said

_LEADS = {
    ("from",): ("between",), ("of",): ("of", "between"), ("ranging", "from"): ("between",),
    ("not", "from"): ("not", "between"),
}  # fmt: skip
_OUTSIDE = frozenset({("outside",), ("outside", "of"), ("not", "in"), ("not", "within")})
_RANGES = frozenset({"range", "ranges", "years", "period", "span", "interval"})
_BEGUN = frozenset({"of", "from", "between"})
_LONGEST = 2
_LINKS = frozenset({"to", "until", "till", "through", "-", "–"})  # noqa: RUF001
_SPANNING = frozenset({"from", "between", "of", "top", "first", "last"})
_UPWARDS = frozenset({"upwards", "upward", "onwards", "onward"})
_DOWNWARDS = frozenset({"downwards", "downward"})


def spans_told(tokens: list[Token]) -> list[Token]:
    """Return the tokens with spans of numbers told as the grammar reads them; years are dates."""
    return retold(tokens, _span)


def _span(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    lead, words = _lead(tokens, position)
    at = position + lead
    if lead and _is_span(tokens, at, outside=words[0] == "not"):
        told += said(words, tokens[position])
        told += [tokens[at], *said(("and",), tokens[at + 1]), tokens[at + 2]]
        return lead + 3
    if not lead and _counts_noun(told, tokens, position):
        told += said(("between",), tokens[position])
        told += [tokens[at], *said(("and",), tokens[at + 1]), tokens[at + 2]]
        return 3
    from_bound = tokens[position].lower == "from"
    bound = _open_bound(tokens, position + from_bound)
    if bound:
        told += [*said(bound, tokens[position]), tokens[position + from_bound]]
        return from_bound + 2
    return 0


def _lead(tokens: Sequence[Token], position: int) -> tuple[int, tuple[str, ...]]:
    for length in range(_LONGEST, 0, -1):
        run = tuple(token.lower for token in tokens[position : position + length])
        if run in _OUTSIDE:
            return _noun_of_range(tokens, position + length, run) - position, ("not", "between")
        if run in _LEADS:
            return length, _LEADS[run]
    return 0, ()


def _noun_of_range(tokens: Sequence[Token], position: int, lead: tuple[str, ...]) -> int:
    """Return where the span begins behind "outside", "outside the range of", "not in the years"."""
    noun = position + (lower_at(tokens, position) == "the")
    if lower_at(tokens, noun) in _RANGES:
        return noun + 1 + (lower_at(tokens, noun + 1) in _BEGUN)
    bare = position if lead[0] == "outside" else len(tokens)
    return position + 1 if lower_at(tokens, position) == "between" else bare


def _is_span(tokens: Sequence[Token], position: int, *, outside: bool) -> bool:
    run = tokens[position : position + 3]
    if len(run) < 3 or not all(_is_amount(each, years=outside) for each in (run[0], run[2])):
        return False
    return run[1].lower in _LINKS or (outside and run[1].lower == "and")


def _counts_noun(told: Sequence[Token], tokens: Sequence[Token], position: int) -> bool:
    """Tell whether so many of what follows are told: "which took 2 to 4 crates"."""
    if not _is_span(tokens, position, outside=False) or lower_at(told, len(told) - 1) in _SPANNING:
        return False
    behind = tokens[position + 3 : position + 4]
    return bool(behind) and behind[0].kind == "word" and behind[0].lower.endswith("s")


def _open_bound(tokens: Sequence[Token], position: int) -> tuple[str, ...]:
    if position + 1 >= len(tokens) or not _is_amount(tokens[position]):
        return ()
    tail = tokens[position + 1].lower
    return ("at", "least") if tail in _UPWARDS else ("at", "most") if tail in _DOWNWARDS else ()


def _is_amount(token: Token, *, years: bool = False) -> bool:
    if token.kind != "number":
        return False
    return years or not (token.text.isdigit() and int(token.text) in YEARS)
