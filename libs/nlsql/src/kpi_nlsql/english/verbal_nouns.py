"""Verbal nouns: from a verb to the noun of what it does, where stemming does not join them."""

from __future__ import annotations

from kpi_nlsql.english.words import stem

_GROUPS = (
    "pay payment",
    "borrow lend loan checkout",
    "sell sale",
    "buy purchase",
    "fly flight",
    "receive receipt",
    "subscribe subscription",
    "prescribe prescription",
    "admit admission",
    "maintain maintenance service",
    "produce production",
    "lose loss",
    "permit permission",
    "certify certification certificate",
    "expire expiry",
    "occupy occupancy",
    "apply application",
    "deliver delivery",
    "rent rental lease",
    "complain complaint",
    "clear clearance",
    "settle settlement",
    "bill invoice",
    "value valuation worth valuable",
    "acquire acquisition",
    "register registration",
    "depart departure",
    "fail failure",
    "close closure",
    "respond response",
    "choose choice",
    "consume consumption",
    "resolve resolution",
)


def _table() -> dict[str, tuple[str, ...]]:
    groups = [tuple(dict.fromkeys(stem(word) for word in group.split())) for group in _GROUPS]
    return {
        word: tuple(other for other in group if other != word) for group in groups for word in group
    }


VERBAL_NOUNS = _table()
"""From the stem of a verb, or of such a noun, to the stems of the nouns it may speak of."""
