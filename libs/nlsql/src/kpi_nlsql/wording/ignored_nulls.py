"""Ignored nulls: "ignoring empty emails" is told as "emails not null"."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, retold, said

_EMPTY = frozenset({"null", "nulls", "empty", "blank", "blanks", "missing"})
_IGNORING = frozenset({"ignoring", "excluding", "ignore", "exclude", "skipping", "disregarding"})
_LONGEST = 6
_LIGHT = frozenset({"values", "value", "ones"})


def without_ignored_nulls(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with every aside on ignored nulls told as a condition, or left out.

    Nulls of no column in particular ("ignoring nulls") are ignored anyway.
    """
    return retold(tokens, _aside)


def _aside(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    ignoring = tokens[position].lower in _IGNORING
    if not ignoring or lower_at(tokens, position + 1) not in _EMPTY:
        return 0
    end = position + 2
    while end < len(tokens) and tokens[end].kind == "word":
        end += 1
    if end > position + _LONGEST or (end < len(tokens) and tokens[end].kind != "mark"):
        return 0
    name = [token for token in tokens[position + 2 : end] if token.lower not in _LIGHT]
    told += [*name, *said(("not", "null"), tokens[position + 1])] if name else []
    return end - position
