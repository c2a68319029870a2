"""Periods: "in March 2024", "this month" — of a date that may go unnamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kpi_nlsql.drafting.draft import MAIN, Group, Ref, Sorting, Term, Wanted, chosen_ref
from kpi_nlsql.english.dates_read import MONTHS
from kpi_nlsql.grammar.asking.implied_columns import TIME
from kpi_nlsql.grammar.conditions.happenings import has_for_life, likely_table, rows_in_time
from kpi_nlsql.grammar.conditions.times import DATE, main_date, told_before
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans.plan import Operator

UNITS = {
    "year": "year", "years": "year", "yearly": "year", "annually": "year",
    "month": "month", "months": "month", "monthly": "month",
    "quarter": "quarter", "quarters": "quarter",
    "day": "day", "days": "day", "daily": "day",
}  # fmt: skip
_CALENDAR = {"this": 0, "current": 0, "last": 1, "previous": 1}
"""So many periods before today's."""
_BEHIND = frozenset({"after", "later than", "following"})
_BESIDE_TODAY: dict[str, tuple[int | None, int | None]] = {
    "yesterday": (1, 0), "today": (0, -1), "tomorrow": (-1, -2), "future": (-1, None),
    "in the past": (None, 0), "past": (None, 0),
}  # fmt: skip
"""So many days before today these begin, and so many days before today they have ended."""
STORED = 0.95
_IN = frozenset({"in", "during", "of", "for", "on", "from"})


def read(scan: Scanner) -> bool:
    """Consume a period."""
    return _calendar(scan) or _beside_today(scan) or _dated(scan)


def _beside_today(scan: Scanner) -> bool:
    # "orders yesterday", "since yesterday", "a date in the future"
    days = _BESIDE_TODAY.get(scan.item.text)
    after = scan.at(scan.position + 1)
    ends = after.kind == "mark" or after.text in {"", "and", "or", "but"} or bool(after.cues)
    spans = not ends or scan.role(scan.position) != "none"
    ref = _time(scan) if days is not None and not spans else None
    if days is None or ref is None:
        return False
    first, behind = days
    operator = _operator(scan.at(scan.position - 1))
    scan.not_output(ref)
    if operator in {"<", "<="}:  # before it begins, or until it ends
        first, behind = None, first if operator == "<" else behind
    elif operator in {">", ">="}:
        first, behind = first if operator == ">=" else behind, None
    if first is not None:
        scan.add(Term("recent", scan.position, ref, values=(first,)))
    if behind is not None:
        scan.add(Term("recent", scan.position, ref, values=(behind,), negated=True))
    scan.take(scan.position, scan.position - (operator != "="))
    scan.position += 1
    return True


def _time(scan: Scanner) -> Ref | None:
    """Return the date that is spoken of: the one named before, else the one the rows have."""
    pending = scan.pending
    if pending is not None and any(scan.is_dated(hit) for hit in pending.hits):
        return pending
    near = rows_in_time(scan)
    near = near or (pending.hits[0].table if pending and pending.hits else None)
    if near is None:
        return None
    return told_before(scan, near) or date_of(scan, near)


def date_of(scan: Scanner, near: str) -> Ref | None:
    """Return the date of the rows of a table, if it has one or the sentence tells which."""
    table = scan.sentence.graph.table(near)
    if (own := main_date(table)) is not None:
        return replace(chosen_ref(scan.position, near, own.name), implied=True)
    columns = table.columns
    dated = tuple(NameHit(near, column.name, 1.0) for column in columns if column.dated)
    named = scan.implied(scan.position, TIME, near)
    told = {hit.column for hit in named.hits if hit.table == near} if named else set()
    best = tuple(hit for hit in dated if hit.column in told) or dated
    found = len(dated) == 1 or bool(told)
    return Ref(scan.position, best, near, implied=True) if found else None


def keeps(scan: Scanner, position: int) -> bool:
    """Tell whether the rows keep the period in a column of their own (``pay_month``)."""
    unit = scan.at(position).text
    near = {scan.last_table(), scan.entity(), *scan.tables_named()}
    return any(
        hit.table in near and unit in str(hit.column).lower()
        for hit in scan.at(position).column_hits()
    )


def _calendar(scan: Scanner) -> bool:
    # "this month", "since last year"; but "in the last month" is the last 30 days.
    back = _CALENDAR.get(scan.item.text)
    if back is None:
        return False
    told, end = scan.at(scan.position + 1).text, scan.position + 2
    if back == 0 and told == "week":
        scan.draft.note("unmeasured")  # on which day it begins, nobody says
    unit = UNITS.get(told)
    ref = _time(scan) if unit not in {None, "day"} else None
    if unit is None or ref is None:
        return False
    operator = _operator(scan.at(scan.position - 1))
    scan.not_output(ref)
    term = Term("period", scan.position, ref, operator, (unit, back))
    term.joined_by_or = _another(scan, ref)
    scan.add(term)
    scan.take(*range(scan.position - (operator != "="), end))
    scan.position = end
    return True


def _operator(before: Item) -> Operator:
    if before.is_cue("after"):
        return ">" if before.text in _BEHIND else ">="
    if before.is_cue("before"):
        return "<=" if before.text in {"until", "till"} else "<"
    return "="


def _dated(scan: Scanner) -> bool:
    # "in March 2024" without a column: a date of the rows.
    item = scan.item
    lead = scan.at(scan.position - (2 if scan.at(scan.position - 1).text == "the" else 1)).text
    leads = scan.pending is None or lead in _IN or (lead == "," and not _asks_when(scan))
    month = lead in _IN and item.kind == "word" and MONTHS.get(item.text)
    if not month and (item.kind != "quoted" or not DATE.fullmatch(item.text) or not leads):
        return False
    ref = _time(scan)
    if ref is None:
        return False
    period = _of_only_year(scan, ref, month) if month else item.text
    if period is None:
        scan.draft.note("dangling")
        return False
    term = Term("value", scan.position, ref, values=(period,))
    term.joined_by_or = _another(scan, ref)
    scan.add(term)
    scan.take(scan.position)
    scan.position += 1
    scan.in_where = True
    return True


def _of_only_year(scan: Scanner, ref: Ref, month: int) -> str | None:
    """Return a month told without its year, where all the dates are of one: "from May"."""
    hit = next((hit for hit in ref.hits if scan.is_dated(hit)), None)
    years = {value[:4] for value in scan.column_of(hit).values} if hit is not None else set()
    return f"{years.pop()}-{month:02d}" if len(years) == 1 else None


def _another(scan: Scanner, ref: Ref) -> bool:
    """Tell whether this is one of several periods: rows of "May and June" have one date each."""
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if (
        last is None
        or last.ref is None
        or last.scope != scan.scope
        or last.kind not in {"value", "period"}
    ):
        return False
    link = {scan.at(at).text for at in range(last.position + 1, scan.position)}
    own = {hit.table for hit in ref.hits} <= {scan.entity()} or "or" in link
    same = bool(ref.hits) and ref.hits[:1] == last.ref.hits[:1]
    return same and own and bool(link) and link <= {"and", "or", ",", "in", "the", *UNITS}


def _asks_when(scan: Scanner) -> bool:
    pending = scan.pending
    return pending is not None and any(scan.is_dated(hit) for hit in pending.hits)


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
    hit = scan.at(position).column_hits()[0] if scan.role(position) == "column" else None
    return hit.column if hit is not None and scan.is_dated(hit) else None


def period_group(scan: Scanner, position: int) -> Group | None:
    """Return the months, years or days that the unit named at a position groups by."""
    unit: Any = UNITS.get(scan.at(position).text)
    if unit is None or scan.at(position).best_column() >= STORED or keeps(scan, position):
        return None
    ref = next((ref for table in _measured(scan) if (ref := date_of(scan, table))), None)
    first = scan.entity()  # "orders per customer and month"
    ref = ref or _time(scan) or (date_of(scan, first) if first is not None else None)
    return None if ref is None else Group(position, Ref(position, ref.hits, ref.near), period=unit)


def complete(scan: Scanner) -> None:
    """Say of what is counted or added up when it was, rather than of who has it for life.

    "The top 5 customers by invoiced amount in 2024" have invoices of 2024.
    """
    for term in scan.draft.terms:
        ref = term.ref if term.scope == MAIN else None
        if ref is None or not ref.implied or not ref.hits or not scan.is_dated(ref.hits[0]):
            continue
        lived = ref.hits[0].table
        happened = [table for table in amounted(scan) if table != lived]
        if happened and has_for_life(scan, lived):
            term.ref = next((d for t in happened if (d := date_of(scan, t))), ref)


def amounted(scan: Scanner) -> list[str]:
    """Return the tables whose rows are counted or added up, to show, rank or compare them."""
    draft = scan.draft
    compared = [t for t in draft.terms if t.kind == "count" or t.function or t.summed]
    return _summed(scan) + _tables(scan, [*draft.sorting, *compared])


def _summed(scan: Scanner) -> list[str]:
    """Return the tables whose rows are counted or summed up: it is their date that groups them."""
    return _tables(scan, [wanted for wanted in scan.draft.wanted if wanted.function])


def _measured(scan: Scanner) -> list[str]:
    """Return the tables counted or added up, or whose amounts are asked for by unit of time."""
    wanted = scan.draft.wanted
    return _tables(scan, [w for w in wanted if w.function or (w.ref and scan.measures(w.ref))])


def _tables(scan: Scanner, parts: Sequence[Wanted | Sorting | Term]) -> list[str]:
    found = []
    for part in parts:
        if part.ref is not None and part.ref.hits:
            found.append(part.ref.near or likely_table(part.ref, scan.entity()))
        else:
            found.append(part.table)
    return [table for table in found if table]
