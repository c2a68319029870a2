"""Those meant: "in the orders of 2023 and in those of 2024" are in the orders both times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, retold

_INTO = frozenset({"in", "among", "amongst", "from", "within", "on"})
_FOLLOWING = frozenset({"of", "from", "in", "with", "for", "dated", "since", "before", "after"})
_DETERMINERS = frozenset({"the", "our", "all", "any"})
_BORDERS = frozenset("and or but nor that which who whose where".split())  # noqa: SIM905
_LONGEST_NOUN = 4


def those_meant(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with a place told by "those" named as it was before."""
    return retold(tokens, _named_again)


def _named_again(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    length = _pronoun(tokens, position)
    noun = _noun(told) if length and told and told[-1].lower in _INTO else ()
    pronoun = tokens[position]
    told += [replace(word, start=pronoun.start, end=pronoun.end) for word in noun]
    return length if noun else 0


def _pronoun(tokens: Sequence[Token], position: int) -> int:
    """Return with how many tokens rows are told as "those of", "the ones from", "that of"."""
    first = lower_at(tokens, position)
    length = 1 + (first == "the" and lower_at(tokens, position + 1) == "ones")
    following = lower_at(tokens, position + length)
    if first == "that":
        return int(following == "of")
    return length if (first == "those" or length > 1) and following in _FOLLOWING else 0


def _noun(told: Sequence[Token]) -> Sequence[Token]:
    """Return the noun of the place that something of it was said to be in last."""
    for at in range(len(told) - 3, 0, -1):
        if told[at].lower not in _INTO:
            continue
        start = end = at + 1 + (told[at + 1].lower in _DETERMINERS)
        while end < len(told) and told[end].lower not in _FOLLOWING | _BORDERS | {","}:
            end += 1
        followed = end < len(told) and told[end].lower in _FOLLOWING
        if followed and 0 < end - start <= _LONGEST_NOUN:
            return told[start:end]
    return ()
