"""Years: whether a number that may be one is a year, or what the column before it equals."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref
from kpi_nlsql.english.deeds import is_inflected
from kpi_nlsql.grammar.scanner import Scanner

ANY_YEAR = range(1000, 2101)
_NAMED = 0.6
_LEADS = frozenset({"in", "during", "since"})
_RANGED = frozenset({"compare", "between"})


def is_year_apart(scan: Scanner, ref: Ref) -> bool:
    """Tell whether a year does not belong to the column before it: "named X in 2008"."""
    number = scan.item.number if scan.item.kind == "number" else None
    if number in ANY_YEAR and _is_deed_of_year(scan, ref):
        return False
    if number in ANY_YEAR and not scan.in_where and _is_amount_of_year(scan, ref):
        return True
    if number not in ANY_YEAR or scan.at(scan.position - 1).text not in _LEADS:
        return False
    best = ref.hits[0] if ref.hits else None
    if best is None or best.column is None:
        return False
    if any(term.ref is ref and term.kind in _RANGED for term in scan.draft.terms):
        return True  # "billed more than 900 euros in 2024"
    if ref.position == scan.position - 2:
        noun = scan.at(ref.position)
        rows = noun.best_column() < _NAMED and noun.text.endswith("s")  # "bookings of vehicles in"
        return rows or (not scan.in_where and _is_dated_amount(scan, ref))
    column = scan.column_of(best)
    return not column.measures and not column.dated


def _is_deed_of_year(scan: Scanner, ref: Ref) -> bool:
    """Tell whether a verb stands before whose date there is, and make it mean this date.

    "Payslips paid in 2024" were paid on some day, whatever else is called a pay.
    """
    dated = tuple(hit for hit in ref.hits if scan.is_dated(hit))
    led = scan.at(scan.position - 1).text in _LEADS and ref.position == scan.position - 2
    done = scan.participle(ref.position) or is_inflected(scan.at(ref.position).text)
    if not dated or not led or not done:
        return False
    ref.hits = dated
    return True


def _is_amount_of_year(scan: Scanner, ref: Ref) -> bool:
    # "duty amount 2024 by port": the amount that is asked for, of that year.
    beside = ref.position == scan.position - 1 and bool(ref.hits)
    return beside and _is_dated_amount(scan, ref)


def _is_dated_amount(scan: Scanner, ref: Ref) -> bool:
    # "the fees in 2025"
    dated = any(column.dated for column in scan.sentence.graph.table(ref.hits[0].table).columns)
    return dated and scan.measures(ref) and scan.adds_up(ref.hits[0])
