"""Ranges: "between 1 and 9"."""

from __future__ import annotations

from typing import cast

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.grammar.asking.implied_columns import TIME
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
    ref = measured_in(scan, high_at + 1) or date_meant(scan, scan.position, told) or scan.pending
    if ref is None:
        ref = scan.implied(scan.position, TIME, scan.entity())
    following = high_at + 1
    if scan.role(following) == "column" and scan.pending is None:
        ref = scan.ref(following)
        scan.take(following)
    if ref is None and scan.pending_function is None:
        return False
    bounds = cast("tuple[str | int | float, ...]", tuple(values))
    scan.not_output(ref)
    term = Term("between", scan.position, ref, values=bounds, function=scan.pending_function)
    scan.take(scan.position, low_at, high_at)
    scan.add(term)
    scan.position = high_at + 1
    return True


def starts_alternative(scan: Scanner, position: int) -> bool:
    """Tell "empty or before May", "below 3 or above 9" from "5 or more" and "on or after May"."""
    item, before = scan.at(position), scan.at(position - 1)
    if not (item.is_cue("compare") and item.text.startswith("or ")):
        return False
    if _bound(scan, position - 1) is not None:
        return _bound(scan, position + 1) is not None
    return before.text not in _EQUALLY


def _bound(scan: Scanner, position: int) -> str | int | float | None:
    item = scan.at(position)
    if item.number is not None:
        return item.number
    if item.kind == "quoted" or item.values:
        return item.values[0].value if item.values else item.text
    return None
