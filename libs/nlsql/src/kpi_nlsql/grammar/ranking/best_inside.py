"""The best inside: "students in the dorm with the largest capacity" live in one that is told.

What comes first is no row asked for: all of those are shown that are related to it, or to none.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Sorting, Term
from kpi_nlsql.grammar.scanner import Scanner

_LEADS = frozenset({"with", "having", "has", "that", "which", "whose", "the"})
_FARTHEST = 4


def inside(scan: Scanner, sorting: Sorting, limit: int) -> Term | None:
    """Return that related rows have the most, where the sort key is theirs."""
    ref = sorting.ref
    if ref is None or sorting.function or limit != 1:
        return None
    table = _described(scan, sorting.position)
    if table is None or not any(hit.table == table for hit in ref.hits):
        return None
    several = any(scan.at(at).last_word.endswith("s") for at, _ in scan.draft.entities[:1])
    if not several and scan.scope not in scan.draft.negative_scopes:
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
