"""Valid days: "policies valid on 1 July 2024" began by then and had not ended before."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.grammar.conditions.times import done_to, is_date
from kpi_nlsql.grammar.scanner import Scanner


def read(scan: Scanner) -> bool:
    """Consume the day on which rows with a first and a last day are told to be valid."""
    at, day = scan.position + 2, scan.at(scan.position + 2)
    if scan.item.text != "valid" or scan.at(at - 1).text != "on" or not is_date(scan, at):
        return False
    first, last = done_to(scan, "start"), done_to(scan, "end")
    if first is None or last is None or first.choice == last.choice or day.kind != "quoted":
        return False
    if scan.negate:
        scan.draft.note("unmeasured")  # it is one of both that does not hold
    scan.add(Term("compare", scan.position, first, "<=", (day.text,)))
    scan.add(Term("compare", at, last, ">=", (day.text,)))
    scan.take(*range(scan.position, at + 1))
    scan.in_where, scan.position = True, at + 1
    return True
