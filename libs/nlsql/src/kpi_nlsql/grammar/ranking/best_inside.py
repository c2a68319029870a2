"""The best inside: "students in the dorm with the largest capacity" live in one that is told.

What comes first is no row asked for: all of those are shown that are related to it, or to none.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import MAIN, Sorting, Term
from kpi_nlsql.grammar.scanner import Scanner

_CLOSE = 0.2
_LEADS = frozenset({"with", "having", "has", "that", "which", "whose", "the"})
_FARTHEST = 4


def inside(scan: Scanner, sorting: Sorting, limit: int) -> Term | None:
    """Return that related rows have the most, where the sort key is theirs."""
    ref = sorting.ref
    if ref is None or sorting.function or limit != 1:
        return None
    told = [term for term in scan.draft.terms if term.scope == scan.scope]
    denied = scan.scope in scan.draft.negative_scopes and bool(told)
    table = _described(scan, sorting.position)
    best = max((hit.score for hit in ref.hits), default=0.0)
    if table is None or not any(h.table == table and h.score > best - _CLOSE for h in ref.hits):
        return None
    if not denied and (scan.scope != MAIN or not _asks_for_several(scan)):
        return None
    ref.near = table
    ref.hits = tuple(hit for hit in ref.hits if hit.table == table)
    end = "max" if sorting.descending else "min"
    return Term("compare", sorting.position, ref, "=", (end,), against="average")


def _described(scan: Scanner, position: int) -> str | None:
    """Return the table of the one row, not of those asked for, that the superlative is said of."""
    for at in range(position - 1, max(position - _FARTHEST, -1), -1):
        if scan.role(at) == "table":
            singular = not scan.at(at).last_word.endswith("s")
            return scan.table(at) if singular and not scan.mentions(at, scan.entity()) else None
        if scan.at(at).last_word not in _LEADS:
            return None
    return None


def _asks_for_several(scan: Scanner) -> bool:
    """Tell whether rows are asked for in the plural, counted or summed up."""
    draft = scan.draft
    if draft.groups or draft.sorting:
        return False
    several = any(scan.at(at).last_word.endswith("s") for at, _ in draft.entities[:1])
    return several or any(wanted.function for wanted in draft.wanted)
