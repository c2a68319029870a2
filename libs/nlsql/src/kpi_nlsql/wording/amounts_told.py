"""Amounts told: "1.5 million", "two hundred", "50k" and "above zero" are numbers."""

from __future__ import annotations

import re
from dataclasses import replace

from kpi_nlsql.english.cues import NUMBER_WORDS
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import said

_MULTIPLES = {
    "thousand": 1e3, "million": 1e6, "millions": 1e6, "mio": 1e6, "mn": 1e6, "billion": 1e9,
    "bn": 1e9, "k": 1e3, "hundred": 1e2,
}  # fmt: skip
_SHORT_AMOUNT = re.compile(r"(\d+)(k|mn|mio|bn)")
_COINS = frozenset("eur usd gbp chf pln sek dkk nok jpy czk".split())  # noqa: SIM905
_COMPARING = frozenset("above below over under than exceeds exceeding least most beneath".split())  # noqa: SIM905
_UPWARDS = frozenset({"more", "above", "over", "higher", "later", "older", "greater"})


def amounts_told(tokens: list[Token]) -> list[Token]:
    """Tell "1.5 million", "50k" and "above zero" as numbers, and "50 and more" as "50 or more"."""
    told: list[Token] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        behind = bool(told) and told[-1].kind == "number"
        spelt = _spelt(told)
        times = _MULTIPLES.get(token.lower)
        upwards = following is not None and following.lower in _UPWARDS
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
        elif behind and token.lower == "and" and upwards:
            told.append(replace(token, text="or"))
        else:
            told.append(token)
    return told


def _spelt(told: list[Token]) -> float | None:
    """Return the number that is multiplied: "1.5 million", "two hundred", "over a thousand"."""
    if not told:
        return None
    if told[-1].kind == "number":
        return float(told[-1].text.replace(",", ""))
    if told[-1].lower == "a":
        return 1.0 if len(told) > 1 and told[-2].lower in {*_COMPARING, "than", "of"} else None
    return NUMBER_WORDS.get(told[-1].lower)
