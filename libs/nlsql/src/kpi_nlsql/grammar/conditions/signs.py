"""Signs: "a negative balance", "where the stock is zero", "positive amounts"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plans.plan import Operator

_SIGNS: dict[str, Operator] = {"negative": "<", "positive": ">", "zero": "=", "nonzero": "!="}


def read(scan: Scanner) -> bool:
    """Consume a word for the sign of an amount and make it a comparison with 0."""
    operator = _SIGNS.get(scan.item.text)
    if operator is None or scan.role(scan.position) == "value":
        return False
    ref, following = _amount(scan)
    if ref is None or not scan.measures(ref):
        return False
    scan.not_output(ref)
    scan.add(Term("compare", scan.position, ref, operator, (0,)))
    scan.take(*range(scan.position, following))
    scan.position = following
    scan.in_where = True
    return True


def _amount(scan: Scanner) -> tuple[Ref | None, int]:
    following = scan.position + 1
    if scan.role(following) == "column":
        return scan.ref(following), following + 1
    before = scan.at(scan.position - 1)
    denied = before.is_cue("not") and scan.negate
    if scan.pending is not None and (before.text in {"is", "are", "of", "was"} or denied):
        return scan.pending, following
    last = scan.draft.terms[-1] if scan.draft.terms else None
    either = before.text == "or" and last is not None and last.position == scan.position - 2
    if either and last is not None and last.kind == "compare" and last.values == (0,):
        return last.ref, following  # "zero or negative"
    return None, following
