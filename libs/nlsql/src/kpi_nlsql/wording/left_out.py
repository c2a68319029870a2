"""Left out: "and leave out those from Bern" is told as "excluding those from Bern".

Rows named once more are those ("excluding materials from Bern"), and where rows are left out that
lack something, the others have it: "except those without a badge" are those that have one.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, retold, said

_ORDERS = (
    ("leave", "out"), ("filter", "out"), ("do", "not", "include"), ("exclude",), ("ignore",),
    ("omit",), ("disregard",),
)  # fmt: skip
_EXCEPTING = (("excluding",), ("except", "for"), ("except",))
_BORDERS = frozenset({",", ";", "."})
_JOINING = frozenset({"and", "but", "please", "then", "also"})
_DETERMINERS = frozenset({"the", "all", "any", "of"})
_THOSE = frozenset({"those", "ones", "these"})
_EMPTY = frozenset("null nulls empty blank missing case differences duplicates".split())  # noqa: SIM905
_RELATIVES = frozenset({"that", "which", "who"})
_LACKING = (
    ("without", "any"), ("without", "a"), ("without", "an"), ("without",), ("with", "no"),
    ("having", "no"), ("that", "have", "no"), ("which", "have", "no"), ("who", "have", "no"),
    ("that", "lack"), ("which", "lack"), ("who", "lack"),
)  # fmt: skip
_VERBS = frozenset({"are", "were", "is", "was", "have", "had"})


def left_out(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with rows that are to be left out told as exceptions, or as the others."""
    return retold(tokens, _except)


def _except(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    if len(told) < 2:
        return 0
    behind = _behind(tokens, position, _EXCEPTING) or _behind_order(told, tokens, position)
    if not behind or lower_at(tokens, behind) in _EMPTY:
        return 0
    rows = _behind_rows(told, tokens, behind)
    while told[-1].lower in _JOINING:
        told.pop()
    if rows and (have := _had(tokens, rows)) is not None:
        words, end = have
        told += said(words, tokens[position])
        return end - position
    told += said(("excluding", "those") if rows else ("excluding",), tokens[position])
    return (rows or behind) - position


def _behind(
    tokens: Sequence[Token], position: int, phrases: Sequence[tuple[str, ...]]
) -> int | None:
    """Return where the first of the phrases ends that begins at a position."""
    for phrase in phrases:
        end = position + len(phrase)
        if tuple(token.lower for token in tokens[position:end]) == phrase:
            return end
    return None


def _behind_order(told: Sequence[Token], tokens: Sequence[Token], position: int) -> int | None:
    before = told[-1]
    opened = before.lower in _JOINING or before.text in _BORDERS
    return _behind(tokens, position, _ORDERS) if opened else None


def _behind_rows(told: Sequence[Token], tokens: Sequence[Token], position: int) -> int | None:
    """Return where "those", or the rows named once more, ends; None if neither stands here."""
    while lower_at(tokens, position) in _DETERMINERS:
        position += 1
    if position >= len(tokens):
        return None
    token = tokens[position]
    named = token.lower.endswith("s") and token.stem in {each.stem for each in told}
    goes_on = position + 1 < len(tokens) and tokens[position + 1].kind == "word"
    return position + 1 if goes_on and (token.lower in _THOSE or named) else None


def _had(tokens: Sequence[Token], position: int) -> tuple[tuple[str, ...], int] | None:
    """Return what is said of the rows that lack nothing, where those left out lack something."""
    if any(token.lower == "or" for token in tokens[position:]):
        return None
    if (end := _behind(tokens, position, _LACKING)) is not None:
        return ("that", "have"), end
    verb = lower_at(tokens, position + 1)
    denied = lower_at(tokens, position) in _RELATIVES and lower_at(tokens, position + 2) == "not"
    return (("that", verb), position + 3) if denied and verb in _VERBS else None
