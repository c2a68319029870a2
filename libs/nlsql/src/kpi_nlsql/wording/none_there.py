"""None there: "with a phone in A but none in B" have no phone in B, and may be known there."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, put_in, retold

_JOINTS = frozenset({"but", "and", ",", "while", "yet"})
_PLACES = frozenset({"in", "at", "on"})
_HAVING = frozenset({"with", "have", "has", "having", "had"})
_ARTICLES = frozenset({"a", "an", "any", "some", "one", "the"})
_LONGEST = 4


def none_there(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with what "none" stands for told again, behind "no"."""
    return retold(tokens, _none)


def _none(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    led = lower_at(tokens, position - 1) in _JOINTS and lower_at(tokens, position + 1) in _PLACES
    if position == 0 or tokens[position].lower != "none" or not led:
        return 0
    had = _had(tokens, position)
    if not had:
        return 0
    words = ("no", *(token.text for token in had))
    told += [*put_in(words, tokens[position])]
    return 1


def _had(tokens: Sequence[Token], end: int) -> Sequence[Token]:
    """Return what rows are said to have in a place: "a phone number" of "… in A but none in B"."""
    for verb in range(end - 1, -1, -1):
        if tokens[verb].lower not in _HAVING:
            continue
        start = verb + 1 + (lower_at(tokens, verb + 1) in _ARTICLES)
        place = next((at for at in range(start, end) if tokens[at].lower in _PLACES), start)
        return tokens[start:place] if place - start <= _LONGEST else ()
    return ()
