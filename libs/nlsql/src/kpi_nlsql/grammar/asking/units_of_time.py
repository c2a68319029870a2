"""Units of time: the months, years or days that rows are put together by."""

from __future__ import annotations

from typing import Any

from kpi_nlsql.drafting.draft import Group, Ref
from kpi_nlsql.grammar.conditions.periods import date_of, tables_of, time_of
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.periods_told import UNITS

STORED = 0.95


def by_period(scan: Scanner, position: int) -> bool:
    """Group by the unit of time named at a position, if one is, and go on behind it."""
    group, end = _of_date_told(scan, position) or (period_group(scan, position), position)
    if group is None:
        return False
    scan.draft.groups.append(group)
    scan.take(scan.position, *range(position, end + 1))
    scan.position = end + 1
    return True


def _of_date_told(scan: Scanner, position: int) -> tuple[Group, int] | None:
    """Return the group by a unit of time that is told with its date, and where both end."""
    unit: Any = UNITS.get(scan.at(position).text)
    if unit is not None:  # "per month of the invoice date"
        named = scan.skip(position + 1)
        if scan.at(position + 1).text != "of" or _date_at(scan, named) is None:
            return None
        return Group(position, scan.ref(named), period=unit), named
    date = _date_at(scan, position)
    ends = (position, position + 1) if date else (position + 1,)
    found = (at for at in ends if scan.at(at).last_word in UNITS)
    end = next(found, None)
    if end is None:
        return None
    unit = UNITS[scan.at(end).last_word]
    if date is not None:  # "per launch year", of a launch date
        told = None if unit in date.lower() else scan.ref(position)
    else:  # "per order month", of the orders' date
        rows = scan.role(position) == "table" and scan.at(end).text in UNITS
        told = date_of(scan, scan.table(position)) if rows else None
    return None if told is None else (Group(position, told, period=unit), end)


def _date_at(scan: Scanner, position: int) -> str | None:
    """Return the column named at a position, if it holds dates."""
    named = scan.role(position) == "column" and scan.at(position).text not in UNITS
    hit = scan.at(position).column_hits()[0] if named else None
    return hit.column if hit is not None and scan.is_dated(hit) else None


def period_group(scan: Scanner, position: int) -> Group | None:
    """Return the months, years or days that the unit named at a position groups by."""
    unit: Any = UNITS.get(scan.at(position).text)
    if unit is None or scan.at(position).best_column() >= STORED or keeps(scan, position):
        return None
    ref = next((ref for table in _measured(scan) if (ref := date_of(scan, table))), None)
    first = scan.entity()  # "orders per customer and month"
    ref = ref or time_of(scan) or (date_of(scan, first) if first is not None else None)
    if ref is None:
        return None
    whole = unit == "month" and all(scan.column_of(hit).monthly for hit in ref.hits)
    return Group(position, Ref(position, ref.hits, ref.near), period=None if whole else unit)


def keeps(scan: Scanner, position: int) -> bool:
    """Tell whether the rows keep the period in a column of their own (``pay_month``)."""
    unit = scan.at(position).text
    near = {scan.last_table(), scan.entity(), *scan.tables_named()}
    return any(
        hit.table in near and unit in str(hit.column).lower()
        for hit in scan.at(position).column_hits()
    )


def _measured(scan: Scanner) -> list[str]:
    """Return the tables counted or added up, or whose amounts are asked for by unit of time."""
    wanted = scan.draft.wanted
    return tables_of(scan, [w for w in wanted if w.function or (w.ref and scan.measures(w.ref))])
