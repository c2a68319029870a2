"""Date bounds: "from period 2024-07 onwards" is a period since 2024-07.

Bounds on one side are told before and behind their date, and before the noun that says what kind of
date it is; here each is put as one word right before its date, which the grammar reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import Token

_PERIOD = re.compile(r"\d{4}-(?:\d\d|[QH]\d)(?:-\d\d)?")
_NOUNS = frozenset("period periods month months quarter quarters date dates".split())  # noqa: SIM905
_LEADS = {
    "from": "", "starting with": "since", "starting from": "since", "beginning with": "since",
    "beginning in": "since", "starting in": "since", "since": "since", "after": "after",
    "before": "before", "until": "until", "till": "until", "up to": "until", "through": "until",
    "until and including": "until", "till and including": "until",
    "up to and including": "until", "between": "between",
    "by": "until", "no later than": "until", "not later than": "until", "no earlier than": "since",
    "until the end of": "until", "till the end of": "until", "by the end of": "until",
    "before the end of": "until", "before the beginning of": "before",
    "before the start of": "before", "since the beginning of": "since",
    "since the start of": "since", "from the beginning of": "since", "from the start of": "since",
    "after the beginning of": "since", "after the end of": "after", "since the end of": "after",
}  # fmt: skip
_MOVED = frozenset(_LEADS) - {"from", "since", "after", "before", "until", "till", "between"}
"""Leads that the grammar does not know before a date."""
_TAILS = {
    "onwards": "since", "onward": "since", "forward": "since", "and onwards": "since",
    "or later": "since", "and later": "since", "and after": "since", "or after": "since",
    "or earlier": "until", "and earlier": "until", "and before": "until", "or before": "until",
}  # fmt: skip
_LONGEST = 4
_YEAR_DIGITS = 4
_MODIFIERS = 2
_NO_MODIFIERS = FUNCTION_WORDS | {*_LEADS, "onwards"}


def bounds_first(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with what bounds a date on one side right before the date."""
    told = list(tokens)
    position = 0
    while position < len(told):
        if _is_bounded(told, position):
            start, end, plain = _plain(told, position)
            told[start:end] = plain
            position = start + len(plain)
        position += 1
    return told


def _is_bounded(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether a date stands here, or a year that begins or ends: "until the end of 2024"."""
    token = tokens[position]
    if token.kind == "number":
        lead = _lead(tokens, position)[1]
        return lead.endswith(" of") and token.text.isdigit() and len(token.text) == _YEAR_DIGITS
    return token.kind == "quoted" and _PERIOD.fullmatch(token.text) is not None


def _plain(tokens: Sequence[Token], date: int) -> tuple[int, int, list[Token]]:
    """Return where a date and its bound are told, and the same put plainly."""
    noun = _noun_start(tokens, date)
    lead = noun - (noun > 0 and noun < date and tokens[noun - 1].lower == "the")
    start, said = _lead(tokens, lead)
    end, told = _tail(tokens, date + 1)
    if said == "from" and not told and _goes_on(tokens, date + 1):
        end, told = date + 2, "since"
    kept = list(tokens[date : date + 1])
    moved = noun < date or said in _MOVED
    bound = told or (_LEADS.get(said, "") if moved else "")
    if not bound or _LEADS.get(said, "") not in {"", bound}:
        return date, date + 1, kept
    if not said:
        start = noun
    place = replace(kept[0], text=bound, kind="word", end=kept[0].start)
    return start, end, [*tokens[noun:date], place, *kept]


def _goes_on(tokens: Sequence[Token], position: int) -> bool:
    # "from 2024-03-15 on": no more is said of it.
    words = [token.lower for token in tokens[position : position + 2]]
    ends = len(words) == 1 or (len(words) > 1 and tokens[position + 1].kind == "mark")
    return words[:1] == ["on"] and (ends or words[1] in {"and", "or", "with", "that", "which"})


def _noun_start(tokens: Sequence[Token], date: int) -> int:
    """Return where the noun of a date begins, "billing period"; at the date if there is none."""
    if date == 0 or tokens[date - 1].lower not in _NOUNS:
        return date
    start = date - 1
    while start > 0 and date - 1 - start < _MODIFIERS and _describes(tokens[start - 1]):
        start -= 1
    return start


def _describes(token: Token) -> bool:
    return token.kind == "word" and token.lower not in _NO_MODIFIERS


def _lead(tokens: Sequence[Token], end: int) -> tuple[int, str]:
    for length in range(min(_LONGEST, end), 0, -1):
        said = " ".join(token.lower for token in tokens[end - length : end])
        if said in _LEADS:
            return end - length, said
    return end, ""


def _tail(tokens: Sequence[Token], start: int) -> tuple[int, str]:
    for length in (2, 1):
        said = " ".join(token.lower for token in tokens[start : start + length])
        if said in _TAILS:
            return start + length, _TAILS[said]
    return start, ""
