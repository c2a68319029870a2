"""Ranges: "between 1 and 9"."""

from __future__ import annotations

from typing import cast

from kpi_nlsql.drafting.draft import Term, TermKind
from kpi_nlsql.english.dates_read import YEARS
from kpi_nlsql.grammar.asking.implied_columns import TIME
from kpi_nlsql.grammar.conditions.compared_counts import counts_rows, unit_skipped
from kpi_nlsql.grammar.conditions.times import date_meant
from kpi_nlsql.grammar.conditions.units import measured_in
from kpi_nlsql.grammar.scanner import Scanner

_EQUALLY = frozenset({"on", "at", "in", "equal", "equals", "equal to", "from", "years"})


def between(scan: Scanner) -> bool:
    """Consume "between … and …"."""
    low_at = scan.skip(scan.position + 1)
    low, high_at = scan.at(low_at), low_at + 2
    high = scan.at(high_at)
    values = [_bound(scan, low_at), _bound(scan, high_at)]
    if None in values or scan.at(low_at + 1).text not in {"and", "to"} or high is low:
        return False
    told = [value for value in values if value is not None]
    if _counts(scan, high_at + 1, told):
        scan.take(low_at, high_at)
        return True
    ref = measured_in(scan, high_at + 1) or date_meant(scan, scan.position, told) or scan.pending
    if ref is None and all(isinstance(value, str) or value in YEARS for value in told):
        ref = scan.implied(scan.position, TIME, scan.entity())
    following = high_at + 1
    if scan.role(following) == "column" and scan.pending is None:
        ref = scan.ref(following)
        scan.take(following)
    if ref is None and scan.pending_function is None:
        return False
    bounds = cast("tuple[str | int | float, ...]", tuple(values))
    scan.not_output(ref)
    counted = scan.pending_function == "count"
    function, table = (None, scan.pending_table) if counted else (scan.pending_function, None)
    kind: TermKind = "count" if counted else "between"
    term = Term(kind, scan.position, ref, values=bounds, function=function, table=table)
    scan.take(scan.position, low_at, high_at)
    scan.add(term)
    scan.position = high_at + 1
    return True


def _counts(scan: Scanner, position: int, bounds: list[str | int | float]) -> bool:
    """Consume what is counted by the bounds: "shops with between 2 and 4 orders"."""
    numbers = [bound for bound in bounds if not isinstance(bound, str) and bound not in YEARS]
    start, following = scan.position, unit_skipped(scan, position)
    noun = scan.head(following)
    rows = scan.role(noun) == "table" and not scan.modifies(noun)
    if len(numbers) < len(bounds) or not rows or scan.pending_function is not None:
        return False
    if not counts_rows(scan, "=", numbers[0], following):
        return False
    scan.draft.terms[-1].values = tuple(numbers)
    scan.take(start)
    return True


def starts_alternative(scan: Scanner, position: int) -> bool:
    """Tell "empty or before May", "below 3 or above 9" from "5 or more" and "on or after May"."""
    item, before = scan.at(position), scan.at(position - 1)
    if not (item.is_cue("compare") and item.text.startswith("or ")):
        return False
    kind = scan.role(position + 1) == "value" and scan.role(scan.head(position + 1)) == "table"
    if scan.at(position - 1).number is not None and kind:
        return False  # "2 or more open orders"
    if _bound(scan, position - 1) is not None:
        return _bound(scan, position + 1) is not None
    return before.last_word not in _EQUALLY  # also of "joined on", a column called so


def _bound(scan: Scanner, position: int) -> str | int | float | None:
    item = scan.at(position)
    if item.number is not None:
        return item.number
    if item.kind == "quoted" or item.values:
        return item.values[0].value if item.values else item.text
    return None
