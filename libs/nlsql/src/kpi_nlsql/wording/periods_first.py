"""Periods beside today: "last month's orders" and "This year, which …" tell their period last.

One behind a deed is led on to as others are: "jobs opened during this month".
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.dates_read import MONTHS
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.period_phrases import beside_today
from kpi_nlsql.wording.phrases import lower_at, put_in, retold, said

_DEEDS = ("ed", "ing", "en", "ght", "id", "ld", "nt")
_NO_DEEDS = frozenset({"during", "when"})
_CUES = frozenset({"last", "previous"})
"""Words that tell a time by themselves."""
_ASKING = frozenset({"i", "we", "you", "the"})
"""What stands behind the "may" of a question."""
_ENDS = frozenset({"?", ".", "!"})


def periods_last(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with a period that opens the sentence moved to its end."""
    month = lower_at(tokens, 0) in MONTHS and lower_at(tokens, 1) not in _ASKING
    length = beside_today(tokens, 0) or int(month)
    if not length or len(tokens) == length:
        return list(tokens)
    rest = tokens[length + (lower_at(tokens, length) == ",") :]
    end = len(rest) - (lower_at(rest, len(rest) - 1) in _ENDS)
    lead = said(("in",), tokens[0]) if month else []
    return [*rest[:end], *lead, *tokens[:length], *rest[end:]]


def periods_led(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with "during" between a deed and a period beside today."""
    return retold(tokens, _led)


def _led(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    length = beside_today(tokens, position)
    deed = told[-1] if told and told[-1].kind == "word" else None
    if not length or deed is None or not deed.lower.endswith(_DEEDS):
        return 0
    if tokens[position].lower in _CUES or deed.lower in _NO_DEEDS:
        return 0
    told += [*put_in(("during",), tokens[position]), *tokens[position : position + length]]
    return length
