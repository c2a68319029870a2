"""What is no literal to compare with: averages, extremes, and another column of the row."""

from __future__ import annotations

from typing import cast

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.grammar.asking.implied_columns import implied_column, take_implying
from kpi_nlsql.grammar.conditions import peers
from kpi_nlsql.grammar.conditions.outnumbering import counted
from kpi_nlsql.grammar.conditions.times import day_told
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plans.plan import Operator

_MULTIPLES = {"twice": 2, "double": 2, "triple": 3, "thrice": 3, "half": 0.5}


def average(scan: Scanner) -> bool:
    """Consume "above average price", "below the average", "above the average of its type"."""
    operator: Operator = ">" if scan.item.is_cue("average_of_all") else "<"
    values = peers.described(scan, scan.position + 1)
    column = peers.measure_at(scan, values[-1] + 1 if values else scan.position + 1)
    ref = scan.ref(column) if column is not None else scan.pending
    if ref is None:
        ref = implied_column(scan, scan.position)
    if ref is None:
        return False
    take_implying(scan, scan.position)
    if scan.pending is not None and set(ref.hits) & set(scan.pending.hits):
        ref = scan.pending  # "price above the average price"
    term = Term("compare", column or scan.position, ref, operator, against="average")
    _compare(scan, term, column, values)
    return True


def _compare(scan: Scanner, term: Term, column: int | None, values: list[int]) -> None:
    """Add the term; the reading goes on behind the measure, with what the average is of."""
    scan.take(scan.position)
    scan.position += 1
    if column is None and values:
        scan.position = values[-1] + 1  # "than our average repair"
    elif scan.item.text == "one":
        scan.take(scan.position)
        scan.position += 1  # "than the average one"
    rows = scan.skip(scan.position)
    own = column is None and scan.mentions(rows, scan.entity()) and not scan.modifies(rows)
    if own and scan.at(rows - 1).last_word not in {"of", "all"}:
        scan.take(rows)  # "than the average product of its category"
        scan.position = rows + 1
    if column is not None:
        scan.take(*range(column - scan.modifies(column - 1), column + 1))
        scan.position = column + 1
    scan.not_output(term.ref)
    scan.add(term)
    if values:
        peers.restrict(scan, term, values)
    peers.read(scan, term)


def against_aggregate(scan: Scanner, operator: Operator, position: int) -> bool:
    """Consume "more than the average price", "greater than the maximum …"."""
    function = scan.at(position).argument("aggregate")
    if function == "sum" and scan.pending_function == "sum":
        return _sums(scan, operator, position)
    if function not in {"avg", "min", "max"}:
        return False
    values = peers.described(scan, position + 1)
    behind = values[-1] + 1 if values else position + 1
    if scan.at(scan.skip(behind)).is_cue("count"):
        behind = scan.skip(behind) + 1
    column = peers.measure_at(scan, behind)
    ref = scan.ref(column) if column is not None else None
    subject = scan.pending or ref
    if subject is None:
        subject = implied_column(scan, scan.position)
    if subject is None:
        return False
    term = Term("compare", scan.position, subject, operator, against="average", other=ref)
    term.function = None
    term.values = (function,)
    scan.take(scan.position)
    scan.position = position
    _compare(scan, term, column, values)
    return True


def multiple(scan: Scanner, operator: Operator, position: int) -> bool:
    """Consume "exceeding twice the average", "more than 3 times the average order amount"."""
    item = scan.at(position)
    times = scan.at(position + 1).text == "times"
    factor = item.number if times else _MULTIPLES.get(item.text)
    function = scan.skip(position + 1 + times)
    if factor is None or scan.at(function).argument("aggregate") != "avg":
        return False
    if not against_aggregate(scan, operator, function):
        return False
    scan.take(*range(position, function))
    term = next(term for term in reversed(scan.draft.terms) if term.against == "average")
    term.values = ("avg", factor)
    return True


def _sums(scan: Scanner, operator: Operator, position: int) -> bool:
    # "where the total counted quantity is lower than the total book quantity"
    subject, column = scan.pending, scan.skip(position + 1)
    if subject is None or scan.role(column) != "column":
        return False
    other = scan.ref(column)
    term = Term("compare", scan.position, subject, operator, against="column", other=other)
    term.function = "sum"
    scan.not_output(subject)
    scan.take(*range(scan.position, column + 1))
    scan.add(term)
    scan.position = column + 1
    return True


def set_against(scan: Scanner, operator: Operator, column: int, position: int) -> bool:
    """Consume "more kids than adults": two amounts that each row has."""
    if not all(scan.role(at) in {"column", "table"} for at in (column, position)):
        return False
    rows = scan.entity() or next(iter(scan.tables_named()), None)
    own = {
        at: [h for h in scan.at(at).column_hits() if h.table == rows] for at in (column, position)
    }
    told, other = (Ref(at, tuple(hits[:1]), rows) for at, hits in own.items())
    if not (scan.measures(told) and scan.measures(other)) or told.hits == other.hits:
        return False
    scan.take(*range(scan.position, position + 1))
    scan.add(Term("compare", scan.position, told, operator, against="column", other=other))
    scan.position = position + 1
    scan.in_where = True
    return True


def against_column(scan: Scanner, operator: Operator, position: int) -> bool:
    """Consume "after the due date": one column of a row against another."""
    subject = scan.pending
    if counted(scan, operator, position):
        return True
    if subject is None or scan.pending_function is not None:
        return False
    if (day := day_told(scan, position)) is not None:
        other, end = day
    elif scan.role(position) == "column":
        other, end = scan.ref(position), position + 1
    else:
        return False
    tables = {hit.table for hit in subject.hits} & {hit.table for hit in other.hits}
    if not tables or other.hits[:1] == subject.hits[:1]:
        return False
    other.near = subject.near = subject.near if subject.near in tables else next(iter(tables))
    term = Term("compare", scan.position, subject, operator, against="column", other=other)
    end = _by_margin(scan, term, end)
    scan.not_output(subject)
    scan.take(*range(scan.position, end))
    scan.add(term)
    scan.position = end
    return True


def _by_margin(scan: Scanner, term: Term, position: int) -> int:
    """Set by how much a column is to be above or below the other; return the position behind."""
    # "where the actual hours exceed the planned hours by more than 10"
    bound, margin = scan.at(position + 1).argument("compare"), scan.at(position + 2).number
    if scan.at(position).text != "by" or bound not in {">", ">="} or margin is None:
        return position
    if scan.at(position + 3).text in {"%", "percent", "times"} or term.operator in {"=", "!="}:
        return position
    sign = term.operator[:1]
    term.operator = cast("Operator", sign + bound[1:])
    term.values = (margin,)
    return position + 3
