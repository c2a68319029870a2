"""Date bounds: "from period 2024-07 onwards" is a period since 2024-07.

Bounds on one side are told before and behind their date, and before the noun that says what kind of
date it is; here each is put as one word right before its date, which the grammar reads. A date is
any period: "up to the last month" is told as "until last month".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.period_phrases import beside_today, is_date, is_year, without_year

_NOUNS = frozenset("period periods month months quarter quarters date dates".split())  # noqa: SIM905
_LEADS = {
    "from": "", "starting with": "since", "starting from": "since", "beginning with": "since",
    "beginning in": "since", "starting in": "since", "since": "since", "after": "after",
    "before": "before", "until": "until", "till": "until", "up to": "until", "through": "until",
    "until and including": "until", "till and including": "until",
    "up to and including": "until", "between": "between",
    "by": "until", "no later than": "until", "not later than": "until", "no earlier than": "since",
    "not earlier than": "since", "no older than": "since", "not older than": "since",
    "no newer than": "until", "not newer than": "until", "starting": "since",
    "until the end of": "until", "till the end of": "until", "by the end of": "until",
    "before the end of": "until", "before the beginning of": "before",
    "before the start of": "before", "since the beginning of": "since",
    "until the beginning of": "before", "until the start of": "before",
    "by the beginning of": "before", "by the start of": "before", "up to the end of": "until",
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
_MODIFIERS = 2
_NO_MODIFIERS = FUNCTION_WORDS | {*_LEADS, "onwards"}


def bounds_first(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with what bounds a date on one side right before the date."""
    told = list(tokens)
    position = 0
    while position < len(told):
        length = _bounded(told, position)
        if length:
            start, end, plain = _plain(told, position, length)
            told[start:end] = plain
            position = start + len(plain) - 1
        position += 1
    return told


def _bounded(tokens: Sequence[Token], position: int) -> int:
    """Return how many words tell a date here, or a year that begins or ends: "the end of 2024"."""
    token = tokens[position]
    if is_year(token):
        lead = _lead(tokens, position)[1]
        return int(lead.endswith(" of") or _tail(tokens, position + 1)[1] != "")
    if is_date(token):
        return 1
    return beside_today(tokens, position) or without_year(tokens, position)


def _plain(tokens: Sequence[Token], date: int, length: int) -> tuple[int, int, list[Token]]:
    """Return where a date and its bound are told, and the same put plainly."""
    beside = bool(beside_today(tokens, date))
    noun = date if beside else _noun_start(tokens, date)  # "after the due date this year"
    article = noun > 0 and tokens[noun - 1].lower == "the"
    lead = noun - (article and (noun < date or beside))
    start, said = _lead(tokens, lead)
    behind = date + length
    end, told = _tail(tokens, behind)
    if said == "from" and not told and _goes_on(tokens, behind):
        end, told = behind + 1, "since"
    kept = list(tokens[date:behind])
    moved = lead < date or said in _MOVED
    bound = told or (_LEADS.get(said, "") if moved else "")
    if not bound or _LEADS.get(said, "") not in {"", bound} or (said == bound and not moved):
        return date, behind, kept  # "members since 2015 or later", of ``MEMBER_SINCE``
    if not said:
        start = noun
    place = replace(kept[0], text=bound, kind="word", end=kept[0].start)
    return start, end, [*tokens[noun:date], place, *kept]


def _goes_on(tokens: Sequence[Token], position: int) -> bool:
    # "from 2024-03-15 on": no more is said of it.
    words = [token.lower for token in tokens[position : position + 2]]
    ends = len(words) == 1 or (len(words) > 1 and tokens[position + 1].kind == "mark")
    return words[:1] == ["on"] and (ends or words[1] in _GOING_ON)


_GOING_ON = frozenset("and or with that which have has are is per by".split())  # noqa: SIM905


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
