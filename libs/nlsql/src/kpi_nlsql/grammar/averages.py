"""What is no literal to compare with: averages, extremes, and another column of the row."""

from __future__ import annotations

from kpi_nlsql.draft import Term
from kpi_nlsql.grammar.implied_columns import IMPLIED, implied_column
from kpi_nlsql.grammar.peers import members, opens, peers, table_of
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plan import Operator


def average(scan: Scanner) -> bool:
    """Consume "above average price", "below the average"."""
    operator: Operator = ">" if scan.item.is_cue("average_of_all") else "<"
    position = scan.skip(scan.position + 1)
    named = scan.role(position) == "column" and not opens(scan, scan.position + 1)
    ref = scan.ref(position) if named else scan.pending
    if ref is None:
        ref = implied_column(scan, scan.position)
    if ref is None:
        return False
    scan.take(scan.position)
    scan.position += 1
    if named:
        scan.take(position)
        scan.position = position + 1
    term = Term("compare", position, ref, operator, against="average")
    _say(scan, term)
    return True


def _say(scan: Scanner, term: Term) -> None:
    """Add a comparison with an average, and the rows averaged where they are told behind it."""
    assert term.ref is not None
    rows = scan.skip(scan.position)
    if scan.role(rows) == "table" and scan.table(rows) == table_of(scan, term.ref):
        scan.take(rows)  # "than the average product of its category"
        scan.position = rows + 1
    before = scan.position
    if scan.at(term.position - 2).text in IMPLIED:
        scan.take(term.position - 2)  # "earn more than the average salary"
    term.peers, scan.position = peers(scan, before, term.ref)
    if not term.peers:
        term.members, scan.position = members(scan, before, term.ref)
    scan.in_where = scan.in_where or scan.position > before
    scan.add(term)


def against_aggregate(scan: Scanner, operator: Operator, position: int) -> bool:
    """Consume "more than the average price", "greater than the maximum …"."""
    function = scan.at(position).argument("aggregate")
    if function not in {"avg", "min", "max"}:
        return False
    column = scan.skip(position + 1)
    if scan.at(column).is_cue("count"):
        column = scan.skip(column + 1)
    named = scan.role(column) == "column" and not opens(scan, position + 1)
    ref = scan.ref(column) if named else None
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
    scan.position = position + 1
    _say(scan, term)
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
