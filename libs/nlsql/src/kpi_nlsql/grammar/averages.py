"""What is no literal to compare with: averages, extremes, and another column of the row."""

from __future__ import annotations

from kpi_nlsql.draft import Term
from kpi_nlsql.grammar.implied_columns import implied_column
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plan import Operator


def average(scan: Scanner) -> bool:
    """Consume "above average price", "below the average"."""
    operator: Operator = ">" if scan.item.is_cue("average_of_all") else "<"
    position = scan.skip(scan.position + 1)
    ref = scan.ref(position) if scan.role(position) == "column" else scan.pending
    if ref is None:
        ref = implied_column(scan, scan.position)
    if ref is None:
        return False
    scan.take(scan.position)
    scan.position += 1
    if scan.role(position) == "column":
        scan.take(position)
        scan.position = position + 1
    scan.add(Term("compare", position, ref, operator, against="average"))
    return True


def against_aggregate(scan: Scanner, operator: Operator, position: int) -> bool:
    """Consume "more than the average price", "greater than the maximum …"."""
    function = scan.at(position).argument("aggregate")
    if function not in {"avg", "min", "max"}:
        return False
    column = scan.skip(position + 1)
    if scan.at(column).is_cue("count"):
        column = scan.skip(column + 1)
    ref = scan.ref(column) if scan.role(column) == "column" else None
    subject = scan.pending or ref
    if subject is None:
        subject = implied_column(scan, scan.position)
    if subject is None:
        return False
    term = Term("compare", scan.position, subject, operator, against="average", other=ref)
    term.function = None
    term.values = (function,)
    scan.take(scan.position, position)
    if ref is not None:
        scan.take(column)
        position = column
    scan.add(term)
    scan.position = position + 1
    return True


def against_column(scan: Scanner, operator: Operator, position: int) -> bool:
    """Consume "after the due date": one column of a row against another."""
    subject = scan.pending
    if scan.role(position) != "column" or subject is None or scan.pending_function is not None:
        return False
    other = scan.ref(position)
    tables = {hit.table for hit in subject.hits} & {hit.table for hit in other.hits}
    if not tables or other.hits[:1] == subject.hits[:1]:
        return False
    other.near = subject.near = subject.near if subject.near in tables else next(iter(tables))
    term = Term("compare", scan.position, subject, operator, against="column", other=other)
    scan.not_output(subject)
    scan.take(scan.position, position)
    scan.add(term)
    scan.position = position + 1
    return True
