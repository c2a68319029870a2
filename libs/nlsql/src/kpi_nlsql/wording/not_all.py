"""Not all: "vendors whose invoices are not all paid" have invoices that are not paid.

Some of the rows are not so: it is not denied that others are.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, said

_BEING = frozenset({"are", "were", "is", "was"})
_CLAUSES = frozenset({"where", "which"})
_OPENING = frozenset({"for", "of", "with"})
_DETERMINERS = frozenset({"of", "the", "their", "its"})
_HAVING = (("do", "not", "have"), ("does", "not", "have"), ("did", "not", "have"))
_RELATIVES = frozenset({"that", "which", "who"})
_LONGEST_NOUN = 4


def not_all_told(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with what not all rows of another are told as what some are not."""
    for position in range(1, len(tokens)):
        for rule in (_whose, _where, _not_having):
            if found := rule(tokens, position):
                start, noun, end = found
                have = said(("that", "have"), tokens[start])
                are_not = said(("that", "are", "not"), tokens[start])
                return [*tokens[:start], *have, *noun, *are_not, *tokens[end:]]
    return list(tokens)


_Found = tuple[int, Sequence[Token], int] | None
"""Where it is said, of which rows, and where what they are not all begins."""


def _whose(tokens: Sequence[Token], position: int) -> _Found:
    # "whose invoices are not all paid", "with invoices that are not all paid"
    if (lower_at(tokens, position), lower_at(tokens, position + 1)) != ("not", "all"):
        return None
    verb = position - 1
    if lower_at(tokens, verb) not in _BEING:
        return None
    end = verb - (lower_at(tokens, verb - 1) in _RELATIVES)
    lead = range(end - 1, max(end - 2 - _LONGEST_NOUN, 0), -1)
    start = next((at for at in lead if lower_at(tokens, at) in {"whose", "with", "have"}), None)
    if start is None or end - start < 2:
        return None
    relative = lower_at(tokens, start) == "have" and lower_at(tokens, start - 1) in _RELATIVES
    return start - relative, tokens[start + 1 : end], position + 2


def _where(tokens: Sequence[Token], position: int) -> _Found:
    # "where not all invoices are paid", "of which not all of the invoices are paid"
    if (lower_at(tokens, position), lower_at(tokens, position + 1)) != ("not", "all"):
        return None
    if lower_at(tokens, position - 1) not in _CLAUSES:
        return None
    begin = _behind_determiners(tokens, position + 2)
    ahead = range(begin + 1, begin + 1 + _LONGEST_NOUN)
    verb = next((at for at in ahead if lower_at(tokens, at) in _BEING), None)
    if verb is None:
        return None
    led = lower_at(tokens, position - 2) in _OPENING
    return position - 1 - led, tokens[begin:verb], verb + 1


def _not_having(tokens: Sequence[Token], position: int) -> _Found:
    # "who do not have all their invoices paid"
    words = tuple(token.lower for token in tokens[position : position + 3])
    if words not in _HAVING or lower_at(tokens, position + 3) != "all":
        return None
    begin = _behind_determiners(tokens, position + 4)
    if begin == position + 4 or not begin + 1 < len(tokens):
        return None
    if begin + 2 < len(tokens) and tokens[begin + 2].kind != "mark":
        return None
    start = position - (lower_at(tokens, position - 1) in _RELATIVES)
    return start, tokens[begin : begin + 1], begin + 1


def _behind_determiners(tokens: Sequence[Token], position: int) -> int:
    while lower_at(tokens, position) in _DETERMINERS:
        position += 1
    return position
