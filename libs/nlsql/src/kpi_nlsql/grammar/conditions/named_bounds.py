"""Named bounds: "with a maximum weight of 500" says that it is at most so much."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plans.plan import Operator

_BOUNDS: dict[str, Operator] = {"max": "<=", "min": ">="}


def read(scan: Scanner) -> bool:
    """Consume "maximum weight of 500" behind "with a": a bound, and no superlative."""
    start, column = scan.position, scan.position + 1
    function = scan.item.argument("aggregate")
    led = scan.at(start - 1).text in {"a", "an"} and bool(scan.draft.entities)
    number = scan.at(column + 2).number
    if function not in _BOUNDS or not led or number is None or scan.role(column) != "column":
        return False
    ref = scan.ref(column)
    if scan.at(column + 1).text != "of" or not scan.measures(ref):
        return False
    scan.add(Term("compare", column + 2, ref, _BOUNDS[function], (number,)))
    scan.take(*range(start, column + 3))
    scan.position, scan.in_where, scan.pending = column + 3, True, None
    return True
