"""Decades: "in the 1990s" as "between 1990 and 1999", "since the 1990s" as "since 1990"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, retold, said

_DECADE = re.compile(r"([12]\d\d)0['’]?s")  # noqa: RUF001
_IN = frozenset({"in", "during", "from", "of", "within"})
_FROM_ITS_FIRST = frozenset({"since", "before"})
_FROM_ITS_LAST = frozenset({"after", "until", "till"})
_LATER = (("or", "later"), ("or", "after"), ("or", "newer"), ("onwards",), ("onward",))
_EARLIER = (("or", "earlier"), ("or", "before"), ("or", "older"))


def decades_told(tokens: list[Token]) -> list[Token]:
    """Return the tokens with every decade told by its first year, its last, or both."""
    return retold(tokens, _decade)


def _decade(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    found = _DECADE.fullmatch(tokens[position].text)
    if found is None:
        return 0
    if lower_at(told, len(told) - 1) == "the":
        told.pop()
    first, last = f"{found[1]}0", f"{found[1]}9"
    lead = lower_at(told, len(told) - 1)
    open_end = [tuple(lower_at(tokens, position + 1 + i) for i in range(n)) for n in (1, 2)]
    if any(tail in _LATER for tail in open_end) or lead in _FROM_ITS_FIRST:
        told += said((first,), tokens[position])
    elif any(tail in _EARLIER for tail in open_end) or lead in _FROM_ITS_LAST:
        told += said((last,), tokens[position])
    else:
        if lead in _IN:
            told.pop()
        told += said(("between", first, "and", last), tokens[position])
    return 1
