"""Ignored nulls: "ignoring empty emails", "(null codes ignored)" is told as "emails not null".

Of no column in particular, "ignoring blanks", "where both have one", it tells how values are
compared (decision 0037).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token

_EMPTY = frozenset({"null", "nulls", "empty", "blank", "blanks", "missing"})
_IGNORING = frozenset({"ignoring", "excluding", "ignore", "exclude", "skipping", "disregarding"})
_IGNORED = frozenset({"ignored", "excluded", "skipped", "disregarded"})
_LIGHT = frozenset({"are", "is", "to", "be", "should", "values", "value", "ones"})
_LONGEST = 5
_FILLED = tuple(
    tuple(phrase.split())
    for phrase in (
        "where both have one", "where both have a value", "where both have values",
        "where both are filled", "where both are known", "where both are given",
        "where both are not null", "where neither is blank", "where neither is empty",
        "where neither is null", "where neither is missing", "where neither of them is blank",
        "where neither of them is empty", "and both are filled", "and neither is blank",
        "and neither is empty", "and is not blank in either", "and is not empty in either",
        "and both have one", "and both have a value", "if both have one", "if both are filled",
    )
)  # fmt: skip
"""What leaves blanks out of a comparison."""


def without_ignored_nulls(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with every aside on ignored nulls told as a condition, or left out.

    Nulls of no column in particular ("nulls ignored") are those of a comparison, if there is one.
    """
    told = _without_filled(tokens)
    for position in range(len(tokens) - 1, -1, -1):
        empty = position < len(told) and told[position].lower in _EMPTY
        if empty and (found := _aside(told, position)):
            start, end, name = found
            told[start:end] = [*name, *_not_null(told[position], bool(name))]
    return told


def _aside(tokens: Sequence[Token], position: int) -> tuple[int, int, list[Token]] | None:
    """Return where an aside begins and ends, and the words for the column."""
    before = tokens[position - 1].lower if position else ""
    end = position + 1
    while end < len(tokens) and tokens[end].kind == "word" and end <= position + _LONGEST:
        if tokens[end].lower in _IGNORED:
            return position, end + 1, _name(tokens[position + 1 : end])
        end += 1
    closed = end == len(tokens) or tokens[end].kind == "mark"
    if before in _IGNORING and closed:
        return position - 1, end, _name(tokens[position + 1 : end])
    return None


def _name(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.lower not in _LIGHT]


def _not_null(at: Token, named: bool) -> list[Token]:
    return [replace(at, text=word, kind="word") for word in ("not", "null")] if named else []


def leaves_blanks_out(tokens: Sequence[Token]) -> bool:
    """Tell whether blanks are said to be left out, of no column in particular."""
    if len(_without_filled(tokens)) < len(tokens):
        return True
    empty = (at for at, token in enumerate(tokens) if token.lower in _EMPTY)
    return any(found is not None and not found[2] for found in (_aside(tokens, at) for at in empty))


def _without_filled(tokens: Sequence[Token]) -> list[Token]:
    words = tuple(token.lower for token in tokens)
    for start in range(len(words)):
        for phrase in _FILLED:
            if words[start : start + len(phrase)] == phrase:
                return [*tokens[:start], *tokens[start + len(phrase) :]]
    return list(tokens)
