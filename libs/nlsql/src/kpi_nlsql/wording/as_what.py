"""As what: "missing as vendor in the portal" is said of the portal's vendors."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import Token

_STATES = frozenset(
    "missing available present found registered known unknown listed existing exist exists "  # noqa: SIM905
    "recorded maintained held kept created".split()
)
_INTO = frozenset({"in", "on", "from", "within"})
_ARTICLES = frozenset({"a", "an", "the", "our"})
_LONGEST = 3


def behind_places(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with the noun that rows are somewhere as moved behind the place."""
    told = list(tokens)
    for position in range(1, len(told) - 3):
        if told[position].lower == "as" and told[position - 1].lower in _STATES:
            return _moved(told, position)
    return told


def _moved(tokens: list[Token], position: int) -> list[Token]:
    start = position + 1
    if tokens[start].lower in _ARTICLES:
        start += 1
    into = next((at for at in range(start, len(tokens)) if tokens[at].lower in _INTO), None)
    if into is None or not 0 < into - start <= _LONGEST:
        return tokens
    noun = tokens[start:into]
    begin = into + 2 if tokens[into + 1 : into + 2] and _is_article(tokens[into + 1]) else into + 1
    end = begin
    while end < len(tokens) and end - begin < _LONGEST and _names(tokens[end]):
        end += 1
    if end == begin or not all(map(_names, noun)):
        return tokens
    return [*tokens[:position], *tokens[into:end], *noun, *tokens[end:]]


def _is_article(token: Token) -> bool:
    return token.lower in _ARTICLES


def _names(token: Token) -> bool:
    return token.kind == "word" and token.lower not in FUNCTION_WORDS
