"""Years: whether a number that may be one is a year, or what the column before it equals."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref
from kpi_nlsql.grammar.scanner import Scanner

ANY_YEAR = range(1000, 2101)
_LEADS = frozenset({"in", "during", "since"})


def is_year_apart(scan: Scanner, ref: Ref) -> bool:
    """Tell whether a year does not belong to the column before it: "named X in 2008"."""
    number = scan.item.number if scan.item.kind == "number" else None
    if number in ANY_YEAR and not scan.in_where and _is_amount_of_year(scan, ref):
        return True
    if number not in ANY_YEAR or scan.at(scan.position - 1).text not in _LEADS:
        return False
    best = ref.hits[0] if ref.hits else None
    if best is None or best.column is None:
        return False
    return ref.position < scan.position - 2 and not scan.column_of(best).dated


def _is_amount_of_year(scan: Scanner, ref: Ref) -> bool:
    # "duty amount 2024 by port": the amount that is asked for, of that year.
    beside = ref.position == scan.position - 1 and bool(ref.hits)
    return beside and _is_dated_amount(scan, ref)


def _is_dated_amount(scan: Scanner, ref: Ref) -> bool:
    # "the fees in 2025"
    dated = any(column.dated for column in scan.sentence.graph.table(ref.hits[0].table).columns)
    return dated and scan.measures(ref) and scan.adds_up(ref.hits[0])
