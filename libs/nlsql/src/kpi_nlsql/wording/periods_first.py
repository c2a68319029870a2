"""Periods told first: "last month's orders" and "This year, which …" tell their period last."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token

_BESIDE = frozenset({"this", "current", "last", "previous"})
_UNITS = frozenset({"year", "quarter", "month", "week"})
_DAYS = frozenset({"today", "yesterday"})
_ENDS = frozenset({"?", ".", "!"})


def periods_last(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with a period that opens the sentence moved to its end."""
    words = [token.lower for token in tokens[:2]]
    if words[:1] and words[0] in _DAYS:
        length = 1
    elif len(words) == 2 and words[0] in _BESIDE and words[1] in _UNITS:
        length = 2
    else:
        return list(tokens)
    period, rest = list(tokens[:length]), list(tokens[length:])
    if rest and rest[0].text == ",":
        rest.pop(0)
    end = len(rest) - (bool(rest) and rest[-1].text in _ENDS)
    return [*rest[:end], *period, *rest[end:]]
