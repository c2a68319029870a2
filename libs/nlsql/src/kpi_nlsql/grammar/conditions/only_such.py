"""Only such: "customers with only shipped orders", "whose orders are all shipped"."""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import MAIN, Term
from kpi_nlsql.english.function_words import COPULAS
from kpi_nlsql.grammar.scanner import Scanner

POSSESSION = frozenset({"with", "have", "has", "had", "having"})
_AHEAD = 4


def complete(scan: Scanner) -> None:
    """Deny related rows of any other kind, where all of them are said to be of one."""
    for position in range(1, len(scan.items)):
        if not _says_all(scan, position):
            continue
        term = next((t for t in scan.draft.terms if _is_of_related(scan, t, position)), None)
        if term is None:
            continue
        scope = scan.further_scope()
        scan.draft.negative_scopes.add(scope)
        scan.draft.contrasted.add(scope)
        ref = replace(term.ref) if term.ref is not None else None
        scan.draft.terms.append(replace(term, ref=ref, scope=scope, negated=not term.negated))
        scan.take(position)


def _says_all(scan: Scanner, position: int) -> bool:
    # "whose orders are all shipped", "all of whose orders are shipped", "with only shipped orders"
    item, before = scan.at(position), scan.at(position - 1)
    if item.text in {"all", "all the"}:
        rows = before.is_cue("relative") and scan.role(position + 1) == "table"
        return rows or before.last_word in COPULAS  # "for whom all orders are shipped"
    whose = scan.at(position + 1).text == "whose" or item.text.endswith("whose")
    if item.text.startswith("all of") or (item.text == "of" and before.text == "all"):
        return whose
    return item.text in {"only", "exclusively"} and not before.is_cue("show")


def _is_of_related(scan: Scanner, term: Term, position: int) -> bool:
    if (
        not term.hits
        or term.kind != "value"
        or term.scope != MAIN
        or not 0 < term.position - position <= _AHEAD
    ):
        return False
    owners = {hit.table for hit in term.hits}
    named = {scan.table(at) for at in range(1, len(scan.items)) if scan.role(at) == "table"}
    first = scan.draft.entities[0][1] if scan.draft.entities else None
    related = bool(owners & named) or scan.at(position - 1).last_word in POSSESSION
    return first is not None and first not in owners and related
