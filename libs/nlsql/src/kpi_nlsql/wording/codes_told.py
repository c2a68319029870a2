"""Codes told: a name before codes in parentheses only says what they stand for, "Germany (DE)".

So do several: "in France, Poland or Italy (FR, PL, IT)".
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.values import value_words
from kpi_nlsql.wording.phrases import retold

_LISTING = frozenset({",", "or", "and", "/"})
_LONGEST_LIST = 12


def with_codes_told(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Return the tokens with names that codes in parentheses tell once more as these codes."""

    def coded(told: list[Token], tokens: Sequence[Token], at: int) -> int:
        enclosed = _enclosed(tokens, at)
        codes = [token for token in enclosed if token.text not in _LISTING]
        start = _named_before(told, codes, lexicon) if codes else None
        if start is None:
            return 0
        told[start:] = _put(told[start:], codes)
        return len(enclosed) + len("()")

    return retold(tokens, coded)


def _enclosed(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """Return what stands in the parentheses that open at a position, if they soon close."""
    if tokens[at].text != "(":
        return ()
    ends = range(at + 1, min(at + _LONGEST_LIST, len(tokens)))
    end = next((end for end in ends if tokens[end].text == ")"), at)
    return tokens[at + 1 : end]


def _named_before(told: Sequence[Token], codes: Sequence[Token], lexicon: Lexicon) -> int | None:
    """Return where as many names begin as there are codes, if all of these are kept."""
    start = len(told)
    for code in reversed(codes):
        kept = any(hit.value == code.text for hit in lexicon.values.find(value_words(code.text)))
        first = start
        while first > 0 and told[first - 1].kind == "word" and told[first - 1].text[:1].isupper():
            first -= 1
        name = tuple(token.lower for token in told[first:start])
        if not kept or not name or lexicon.names(name, "".join(name)):
            return None
        start = first
        while code is not codes[0] and start > 0 and told[start - 1].lower in _LISTING:
            start -= 1
    return start


def _put(names: Sequence[Token], codes: Sequence[Token]) -> list[Token]:
    """Return listed names with each of them as its code."""
    left = list(codes)
    told: list[Token] = []
    for token in names:
        if token.lower in _LISTING:
            told.append(token)
        elif not told or told[-1].lower in _LISTING:
            told.append(left.pop(0))
    return told
