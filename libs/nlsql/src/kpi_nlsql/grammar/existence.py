"""Existence: "students who have allergies" — a column of another table, with nothing said of it."""

from __future__ import annotations

from kpi_nlsql.draft import MAIN, Term
from kpi_nlsql.grammar.scanner import Scanner

_POSSESSION = frozenset({"have", "has", "had", "with", "having", "any", "some", "a", "an"})


def complete(scan: Scanner) -> None:
    """Turn columns that were expected to be compared, and never were, into "there is such a row"."""
    parts = [*scan.draft.terms, *scan.draft.sorting, *scan.draft.groups]
    compared = {part.ref.position for part in parts if part.ref is not None}
    entity = scan.entity()
    for ref, scope in scan.dangling:
        others = tuple(hit for hit in ref.hits if hit.table != entity and hit.score >= 0.6)
        if ref.position in compared or not others or not _possessed(scan, ref.position, scope):
            continue
        if any(term.scope == scope and term.kind == "exists" for term in scan.draft.terms):
            continue
        if len(others) < len(ref.hits) and ref.hits[0].table == entity:
            continue
        ref.hits = others
        scan.draft.terms.append(Term("exists", ref.position, ref, scope=scope))


def _possessed(scan: Scanner, position: int, scope: int) -> bool:
    if scope != MAIN:
        return not any(term.scope == scope for term in scan.draft.terms)
    before = [scan.at(index).text for index in range(max(position - 3, 0), position)]
    return any(text in _POSSESSION for text in before[-2:])
