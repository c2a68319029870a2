"""Told anew: "policies not of Basler whose cover began before May" are denied one thing only.

What a relative clause says behind a denied value is said of the rows, not denied with it.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import MAIN, Term
from kpi_nlsql.grammar.scanner import Scanner

_RELATIVES = frozenset({"whose", "which", "that", "who"})
_ROW = frozenset({"value", "compare", "between", "null", "like", "recent", "period"})


def complete(scan: Scanner) -> None:
    """Take what a relative clause says of the rows out of the denial before it."""
    for scope in scan.draft.negative_scopes:
        terms = [term for term in scan.draft.terms if term.scope == scope]
        if len(terms) < 2 or not all(map(_is_of_row, terms)):
            continue
        terms.sort(key=lambda term: term.position)
        between = range(terms[0].position + 1, terms[1].position)
        if any(scan.at(at).text in _RELATIVES for at in between):
            for term in terms[1:]:
                term.scope = MAIN


def _is_of_row(term: Term) -> bool:
    return term.kind in _ROW and term.table is None and not term.function
