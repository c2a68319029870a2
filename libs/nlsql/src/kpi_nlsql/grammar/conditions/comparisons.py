"""Comparisons: "more than 5", "at least 30", "5 or more", "after 2010" — with their subject."""

from __future__ import annotations

from typing import cast

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.english.dates_read import YEARS
from kpi_nlsql.grammar.asking.adverbs import ADVERBS
from kpi_nlsql.grammar.asking.implied_columns import TIME, implied_column
from kpi_nlsql.grammar.conditions import totalling
from kpi_nlsql.grammar.conditions.averages import (
    against_aggregate,
    against_column,
    average,
    multiple,
    set_against,
)
from kpi_nlsql.grammar.conditions.compared_counts import (
    counts_existing,
    counts_groups,
    counts_rows,
    enumerates,
    unit_skipped,
)
from kpi_nlsql.grammar.conditions.happenings import rows_in_time
from kpi_nlsql.grammar.conditions.named_rows import against_named_row
from kpi_nlsql.grammar.conditions.outnumbering import outnumbered
from kpi_nlsql.grammar.conditions.ranges import between, starts_alternative
from kpi_nlsql.grammar.conditions.times import bound, date_meant, is_spent
from kpi_nlsql.grammar.conditions.units import measured_in
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.periods_told import is_beside_today
from kpi_nlsql.plans.plan import Operator

_COMPARED = frozenset({"compare", "value", "between"})
_COMPARATIVES: dict[str, Operator] = {
    "more": ">", "higher": ">", "greater": ">", "larger": ">", "longer": ">",
    "fewer": "<", "less": "<", "lower": "<", "smaller": "<", "shorter": "<",
}  # fmt: skip
_VERB = 2
"""Words of a verb between a measure and what it is compared with."""
_DATED = frozenset({"earlier", "later", "before", "after", "newer"})


def read(scan: Scanner) -> bool:
    """Consume a comparison, with its subject and the value compared with."""
    item = scan.item
    if item.is_cue("between"):
        return between(scan)
    if item.is_cue("average_of_all") or item.is_cue("below_average"):
        return average(scan)
    operator = _operator(scan)
    if operator is None:
        return _trailing(scan) or _split(scan)
    if is_beside_today(scan.items, scan.position + 1):
        return False  # "left before this year"
    position = scan.skip(scan.position + 1)
    return multiple(scan, operator, position) or _compared(scan, operator, position)


def _compared(scan: Scanner, operator: Operator, position: int) -> bool:
    if scan.role(position) == "column" and scan.at(position + 1).number is not None:
        scan.pending, scan.pending_function = scan.ref(position), None
        scan.take(position)
        position += 1
    if against_named_row(scan, operator, position):
        return True
    value = scan.at(position)
    number = value.number
    if number is None and value.kind != "quoted" and not value.values:
        return against_column(scan, operator, position) or against_aggregate(
            scan, operator, position
        )
    scan.take(scan.position, position)
    literal = (
        number if number is not None else value.values[0].value if value.values else value.text
    )
    if number is not None and (amount := _amount_told(scan, position)) is not None:
        scan.pending, scan.pending_function = amount, None
        return _with_subject(scan, operator, literal, position)
    following = unit_skipped(scan, position + 1)
    if number is not None and scan.pending_function is None:
        if counts_groups(scan, operator, number, following):
            return True
        if enumerates(scan, following) and counts_rows(scan, operator, literal, following):
            return True
        if scan.pending is None and counts_existing(scan, operator, literal, position):
            return True
    return _with_subject(scan, operator, literal, position)


def _amount_told(scan: Scanner, position: int) -> Ref | None:
    # "above 200 euros", "customers billed more than 200", "more than 1,000 in unpaid claims"
    if _tells_time(scan, position):
        return None  # "invoiced before 2024"
    if (money := measured_in(scan, position + 1)) is not None:
        if totalling.paid(scan) is not None:
            scan.adverbs.append((position + 1, "sum"))
        return money
    if (level := totalling.of_each_row(scan, position + 1)) is not None:
        return level
    known = scan.pending is not None and scan.measures(scan.pending)
    if known or scan.pending_function is not None:
        return None
    behind = position + 1 + (scan.at(position + 1).text in ADVERBS)
    amount = totalling.told_behind(scan, behind) or totalling.paid(scan)
    if amount is not None and scan.adds_up(amount.hits[0]):
        scan.adverbs.append((position + 1, "sum"))
    return amount


def _tells_time(scan: Scanner, value: int) -> bool:
    item = scan.item
    dated = item.is_cue("after") or item.is_cue("before") or item.last_word in _DATED
    return dated and scan.at(value).number in YEARS


def _operator(scan: Scanner) -> Operator | None:
    item = scan.item
    if starts_alternative(scan, scan.position):
        return "<" if item.argument("compare")[0] == "<" else ">"
    if item.is_cue("compare"):
        return cast("Operator", item.argument("compare"))
    return bound(item, dated=False)


def _with_subject(scan: Scanner, operator: Operator, literal: str | float, position: int) -> bool:
    scan.position = position + 1
    following = scan.at(scan.position)
    bounds = following.is_cue("compare") and following.text.startswith("or ")
    if bounds and not starts_alternative(scan, scan.position):
        scan.position += 1
    told_before = None if literal in YEARS and is_spent(scan) else scan.pending
    ref = date_meant(scan, position, [literal]) or told_before
    if ref is not None and (
        _has_its_value(scan, ref, literal) or _is_time_of(scan, ref, literal, position)
    ):
        ref = None
    function, table = scan.pending_function, scan.pending_table
    if ref is None and function is None:
        dated = scan.at(position).last_word in _DATED and literal in YEARS
        ref = _date(scan) if dated else implied_column(scan, position - 1)
    if ref is None and function is None:
        scan.draft.note("unmeasured")  # "older than the Kiel depot": nothing tells how old
        return True
    scan.not_output(ref)
    if ref is not None and function is None and _contradicts(scan, ref, operator, literal):
        scan.open_scope(negative=False)
    if function == "count":
        scan.add(Term("count", position, ref, operator, (literal,), table=table))
    else:
        term = Term("compare", position, ref, operator, (literal,), function=function)
        term.summed = ref is not None and _is_total(scan, ref)
        scan.add(term)
    _or(scan, position)
    return True


def _has_its_value(scan: Scanner, ref: Ref, literal: str | float) -> bool:
    # "with currency EUR above 500", "paid this month above 500": no currency or day is above 500
    best = ref.hits[0] if ref.hits and ref.hits[0].column is not None else None
    told = any(_is_value_of(term, ref) for term in scan.draft.terms)
    if best is None or not told or isinstance(literal, str):
        return False
    column = scan.column_of(best)
    return literal not in YEARS if column.dated else column.family == "text"


def _is_time_of(scan: Scanner, ref: Ref, literal: str | float, position: int) -> bool:
    """Tell whether a year says when rows were whose amount is told: "over 900 since 2024"."""
    lead = scan.at(position - 1)
    timed = literal in YEARS and (lead.is_cue("after") or lead.is_cue("before"))
    return timed and any(term.kind == "compare" and term.ref is ref for term in scan.draft.terms)


def _is_value_of(term: Term, ref: Ref) -> bool:
    dated = term.kind == "compare" and any(isinstance(value, str) for value in term.values)
    known = dated or term.kind in {"value", "period", "recent"}
    return known and term.ref is not None and term.ref.position == ref.position


def _is_total(scan: Scanner, ref: Ref) -> bool:
    """Tell whether a column called total is one of many rows: "customers with a total amount".

    "customers with orders whose total amount is above 50" speaks of each order.
    """
    owners = {hit.table for hit in ref.hits[:1]}
    before = {scan.table(at) for at in range(ref.position) if scan.role(at) == "table"}
    return scan.at(ref.position).text.startswith("total ") and not owners & before


def _date(scan: Scanner) -> Ref | None:
    # "orders of 2021 or earlier"
    return scan.implied(scan.position, TIME, rows_in_time(scan))


def _contradicts(scan: Scanner, ref: Ref, operator: Operator, literal: str | float) -> bool:
    # "older than 60 and younger than 20" cannot hold of one row: two rows are meant.
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "compare" or last.ref is None or last.scope != scan.scope:
        return False
    if (
        _or_between(scan, last, scan.position)
        or last.ref.hits[:1] != ref.hits[:1]
        or not last.values
    ):
        return False  # a column, or an average, has no value that is known here
    low, high = last.values[0], literal
    if isinstance(low, str) or isinstance(high, str):
        return False
    if last.operator[0] == ">" and operator[0] == "<":
        return low >= high
    return last.operator[0] == "<" and operator[0] == ">" and low <= high


def _or(scan: Scanner, position: int) -> None:
    # "below 3 or above 9" is either.
    if len(scan.draft.terms) < 2:
        return
    previous = scan.draft.terms[-2]
    if previous.kind in _COMPARED and _or_between(scan, previous, position):
        scan.draft.terms[-1].joined_by_or = True


def _or_between(scan: Scanner, term: Term, position: int) -> bool:
    between = range(term.position + 1, position)
    return any(
        scan.items[at].text in {"or", "either"} or starts_alternative(scan, at) for at in between
    )


def _trailing(scan: Scanner) -> bool:
    # "5 or more orders", "30 or older", "4 stars or more": the number stands first.
    number = scan.item.number
    if number is None:
        return False
    if not _opens_upwards(scan, scan.position + 1):
        return _measured(scan, number)
    after = scan.at(scan.position + 1)
    operator = cast("Operator", after.argument("compare"))
    scan.take(scan.position, scan.position + 1)
    following = unit_skipped(scan, scan.position + 2)
    counts = scan.pending_function is None and enumerates(scan, following)
    if counts and counts_rows(scan, operator, number, following):
        return True
    return _with_subject(scan, operator, number, scan.position + 1)


def _opens_upwards(scan: Scanner, position: int) -> bool:
    after = scan.at(position)
    return after.is_cue("compare") and after.text.startswith("or ")


def _measured(scan: Scanner, number: float) -> bool:
    behind = scan.position + 2
    if scan.role(behind - 1) not in {"column", "table"} or not _opens_upwards(scan, behind):
        return False
    operator = cast("Operator", scan.at(behind).argument("compare"))
    start = scan.position
    if not counts_rows(scan, operator, number, start + 1):
        return False
    scan.take(start, behind)
    scan.position = behind + 1
    return True


def _split(scan: Scanner) -> bool:
    # "more total passengers than 1000": the measure stands inside the comparison.
    operator = _COMPARATIVES.get(scan.item.text)
    column = scan.skip(scan.position + 1)
    if operator is not None and scan.role(column) == "value":
        return outnumbered(scan, operator, column)
    if operator is None or scan.role(column) not in {"column", "table"}:
        return False
    than = _than(scan, column + 1)
    if than > column + 1:
        return _split_average(scan, operator, column, than)
    number = scan.at(column + 2)
    if scan.at(column + 1).text != "than":
        return False
    other = scan.skip(column + 2)
    if set_against(scan, operator, column, other):
        return True
    if against_named_row(scan, operator, other, scan.ref(column)):
        return True
    if number.number is None:
        return outnumbered(scan, operator, column) or _split_average(scan, operator, column, than)
    scan.take(scan.position, column + 2)
    counts_rows(scan, operator, number.number, column)
    scan.position = column + 3
    return True


def _than(scan: Scanner, position: int) -> int:
    """Return where "than" stands, behind a verb: "more residents are living than …"."""
    ahead = range(position, position + _VERB + 1)
    return next((at for at in ahead if scan.at(at).text == "than"), position)


def _split_average(scan: Scanner, operator: Operator, column: int, than: int) -> bool:
    # "more hours than the average of their type"
    function = than + 1 + (scan.at(than + 1).text == "in")
    if scan.role(column) != "column" or not scan.at(function).is_cue("aggregate"):
        return False
    scan.take(*range(scan.position, than))
    scan.expect(scan.ref(column))
    scan.position = than
    return against_aggregate(scan, operator, function)
