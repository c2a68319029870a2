"""Amounts compared: digits behind "more than" are an amount, whatever column holds them elsewhere.

"Customers whose total balance exceeds 500000" compares with a number, though there is an account
500000, too; a code is denied, listed or told, and seldom exceeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.dates_read import YEARS
from kpi_nlsql.mentions.linking import Item

_BOUNDING = frozenset("<>")
_UP_TO = frozenset({"and", "to"})


def amounts_compared(items: Sequence[Item]) -> list[Item]:
    """Return the items with digits that something is above, below or between told as numbers."""
    told: list[Item] = []
    for item in items:
        told.append(replace(item, kind="number") if _is_code(item) and _bounded(told) else item)
    return told


def _is_code(item: Item) -> bool:
    digits = item.kind == "mention" and item.text.isdigit() and not item.hits
    return digits and int(item.text) not in YEARS  # a column may keep years as texts


def _bounded(before: Sequence[Item]) -> bool:
    if len(before) > 2 and before[-1].text in _UP_TO and before[-2].kind == "number":
        return before[-3].is_cue("between")
    lead = before[-1] if before else None
    if lead is None:
        return False
    return lead.argument("compare")[:1] in _BOUNDING or lead.is_cue("between")
