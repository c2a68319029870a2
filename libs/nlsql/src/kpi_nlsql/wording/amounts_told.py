"""Amounts told: "1.5 million", "two hundred", "50k" and "above zero" are numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.cues import NUMBER_WORDS
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, retold, said

_MULTIPLES = {
    "thousand": 1e3, "million": 1e6, "millions": 1e6, "mio": 1e6, "mn": 1e6, "billion": 1e9,
    "bn": 1e9, "k": 1e3, "hundred": 1e2,
}  # fmt: skip
_SHORT_AMOUNT = re.compile(r"(\d+)(k|mn|mio|bn)")
_COINS = frozenset("eur usd gbp chf pln sek dkk nok jpy czk".split())  # noqa: SIM905
_COMPARING = frozenset("above below over under than exceeds exceeding least most beneath".split())  # noqa: SIM905
_ONLY = frozenset({"only", "just", "merely"})
_POSSESSING = frozenset({"with", "have", "has", "had", "having"})
_DENYING = frozenset({"not", "never", "no", "t", "without"})
_UPWARDS = frozenset({"more", "above", "over", "higher", "later", "older", "greater"})


def amounts_told(tokens: list[Token]) -> list[Token]:
    """Tell "1.5 million", "50k" and "above zero" as numbers, and "50 and more" as "50 or more"."""
    told: list[Token] = []
    for position, token in enumerate(tokens):
        behind = bool(told) and told[-1].kind == "number"
        spelt = _spelt(told)
        times = _MULTIPLES.get(token.lower)
        upwards = lower_at(tokens, position + 1) in _UPWARDS
        anew = position + 2 < len(tokens) and _begins_comparison(tokens[position + 2])
        short = _SHORT_AMOUNT.fullmatch(token.lower)
        coin = bool(told) and told[-1].lower in _COINS and told[-1].kind == "word"
        if coin and token.kind == "number":
            told.insert(-1, token)  # "EUR 5,000" is told as "5,000 EUR"
        elif times is not None and spelt is not None:
            amount = spelt * times
            told[-1] = replace(told[-1], text=f"{amount:.10g}", kind="number", end=token.end)
        elif short is not None:
            amount = int(short[1]) * _MULTIPLES[short[2]]
            told.append(replace(token, text=f"{amount:.10g}", kind="number"))
        elif token.lower == "zero" and told and told[-1].lower in _COMPARING:
            told.append(replace(token, text="0", kind="number"))
        elif behind and token.text == "+" and token.start == told[-1].end:
            told += said(("or", "more"), token)
        elif behind and token.lower == "and" and upwards and not anew:
            told.append(replace(token, text="or"))
        else:
            told.append(token)
    return told


def _begins_comparison(token: Token) -> bool:
    # "a rating above 3 and more than 4 shipments" are two conditions
    return token.lower == "than" or token.kind == "number" or token.lower in NUMBER_WORDS


def only_so_many(tokens: list[Token]) -> list[Token]:
    """Tell "with only one order", "that have a single order" as "with exactly 1 order"."""
    return retold(tokens, _only_number)


def _only_number(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    first, second = tokens[position], lower_at(tokens, position + 1)
    before = [token.lower for token in told[-3:]]
    if not before or before[-1] not in _POSSESSING or set(before) & _DENYING:
        return 0
    number = second.isdigit() or second in NUMBER_WORDS
    if first.lower in _ONLY and number and lower_at(tokens, position + 2) != "of":
        told += said(("exactly",), first)
        return 1
    if first.lower in {"a", "one"} and second == "single":
        told += said(("exactly", "1"), first)
        return 2
    return 0


def _spelt(told: list[Token]) -> float | None:
    """Return the number that is multiplied: "1.5 million", "two hundred", "over a thousand"."""
    if not told:
        return None
    if told[-1].kind == "number":
        return float(told[-1].text.replace(",", ""))
    if told[-1].lower == "a":
        return 1.0 if len(told) > 1 and told[-2].lower in {*_COMPARING, "than", "of"} else None
    return NUMBER_WORDS.get(told[-1].lower)
