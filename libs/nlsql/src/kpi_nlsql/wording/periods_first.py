"""Periods told first: "last month's orders" and "This year, which …" tell their period last."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at

_BESIDE = frozenset({"this", "current", "last", "previous"})
_UNITS = frozenset({"year", "quarter", "month", "week"})
_DAYS = frozenset({"today", "yesterday"})
_ENDS = frozenset({"?", ".", "!"})


def periods_last(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with a period that opens the sentence moved to its end."""
    first, second = lower_at(tokens, 0), lower_at(tokens, 1)
    if first in _DAYS:
        length = 1
    elif first in _BESIDE and second in _UNITS:
        length = 2
    else:
        return list(tokens)
    rest = tokens[length + (lower_at(tokens, length) == ",") :]
    end = len(rest) - (lower_at(rest, len(rest) - 1) in _ENDS)
    return [*rest[:end], *tokens[:length], *rest[end:]]
