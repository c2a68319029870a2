"""Periods: "in March 2024", "this month" — of a date that may go unnamed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from kpi_nlsql.drafting.draft import (
    MAIN,
    Ref,
    Sorting,
    Term,
    TermKind,
    Wanted,
    chosen_ref,
)
from kpi_nlsql.english.dates_read import MONTHS
from kpi_nlsql.grammar.asking.implied_columns import TIME
from kpi_nlsql.grammar.conditions.happenings import (
    dates,
    has_for_life,
    likely_table,
    rows_in_time,
)
from kpi_nlsql.grammar.conditions.times import DATE, bound, main_date, named_by, told_before
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.periods_told import BESIDE_TODAY, CALENDAR, DAYS_OF, UNITS

_OF_THOSE = frozenset({"in", "during", "of", "for", "from", "those", "the", "ones"})
_IN = frozenset({"in", "during", "of", "for", "on", "from"})


def read(scan: Scanner) -> bool:
    """Consume a period."""
    return _calendar(scan) or _beside_today(scan) or _dated(scan)


def _beside_today(scan: Scanner) -> bool:
    # "orders yesterday", "since yesterday", "a date in the future"
    first, behind, end = _days(scan)
    after = scan.at(end)
    ends = after.kind == "mark" or after.text in {"", "and", "or", "but"} or bool(after.cues)
    spans = not ends or scan.role(scan.position) != "none"
    ref = time_of(scan) if end > scan.position and not spans else None
    if ref is None:
        return False
    operator = bound(scan.at(scan.position - 1), dated=True) or _excluded(scan)
    scan.not_output(ref)
    if operator == "!=":
        scan.draft.note("unmeasured")  # "except today"
    if operator in {"<", "<="}:  # before it begins, or until it ends
        first, behind = None, first if operator == "<" else behind
    elif operator in {">", ">="}:
        first, behind = first if operator == ">=" else behind, None
    if first is not None:
        scan.add(Term("recent", scan.position, ref, values=(first,)))
    if behind is not None:
        scan.add(Term("recent", scan.position, ref, values=(behind,), negated=True))
    scan.take(*range(scan.position - (operator != "="), end))
    scan.position = end
    return True


def _days(scan: Scanner) -> tuple[int | None, int | None, int]:
    """Return how many days before today begin and have ended what is told here, and its end."""
    start, following = scan.position, scan.at(scan.position + 1)
    number = following.number if scan.item.text == "next" else scan.item.number
    days = DAYS_OF.get(scan.at(start + 2).text)
    if scan.item.text == "next" and number is not None and days is not None:
        return 0, -days * int(number) - 1, start + 3  # "in the next 30 days"
    if (
        number is not None
        and following.text in {"day", "days"}
        and scan.at(start + 2).text == "ago"
    ):
        return int(number), int(number) - 1, start + 3
    first, behind = BESIDE_TODAY.get(scan.item.text, (None, None))
    return first, behind, start + (scan.item.text in BESIDE_TODAY)


def time_of(scan: Scanner) -> Ref | None:
    """Return the date that is spoken of: the one named before, else the one the rows have."""
    pending = scan.pending
    dated = tuple(hit for hit in pending.hits if scan.is_dated(hit)) if pending else ()
    if pending is not None and dated:
        pending.hits = dated
        return pending
    near = rows_in_time(scan)
    near = near or (pending.hits[0].table if pending and pending.hits else None)
    grouped = next((group.ref for group in scan.draft.groups if group.period and group.ref), None)
    if grouped is not None and grouped.hits and grouped.hits[0].table == near:
        return replace(grouped, position=scan.position)  # "jobs closed per month this year"
    if near is None:
        return None
    entity = scan.entity()
    if entity is not None and not dates(scan, near):
        near = entity  # "invoices of German vendors since May", who have no date
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


def _calendar(scan: Scanner) -> bool:
    # "this month", "since last year"; but "in the last month" is the last 30 days.
    back = CALENDAR.get(scan.item.text)
    if back is None:
        return False
    told, end = scan.at(scan.position + 1).text, scan.position + 2
    bounded = bound(scan.at(scan.position - 1), dated=True) is not None
    if told == "week" and (back < 1 or bounded):
        scan.draft.note("unmeasured")  # on which day it begins, nobody says
    unit = UNITS.get(told)
    if unit is None or unit == "day":
        return False
    ref = time_of(scan) or scan.implied(scan.position, TIME, scan.entity())
    if ref is None:
        return False
    operator = bound(scan.at(scan.position - 1), dated=True) or _excluded(scan)
    scan.not_output(ref)
    term = Term("period", scan.position, ref, operator, (unit, back))
    term.joined_by_or = _another(scan, ref)
    scan.add(term)
    scan.take(*range(scan.position - (operator != "="), end))
    scan.position = end
    return True


def _excluded(scan: Scanner) -> Literal["=", "!="]:
    """Return how a period with no bound before it is compared: "excluding those of this month"."""
    at = scan.position - 1
    while at > 0 and scan.at(at).text in _OF_THOSE:
        at -= 1
    left_out = scan.at(at).is_cue("compare", "!=") and at not in scan.draft.used
    return "!=" if left_out else "="


def _dated(scan: Scanner) -> bool:
    # "in March 2024" without a column: a date of the rows.
    item = scan.item
    lead = scan.at(scan.position - (2 if scan.at(scan.position - 1).text == "the" else 1)).text
    leads = scan.pending is None or lead in _IN or (lead == "," and not _asks_when(scan))
    operator = bound(scan.at(scan.position - 1), dated=True) or "="
    month = (lead in _IN or operator != "=") and item.kind == "word" and MONTHS.get(item.text)
    if not month and (item.kind != "quoted" or not DATE.fullmatch(item.text) or not leads):
        return False
    ref = time_of(scan)
    if ref is None:
        return False
    period = _of_only_year(scan, ref, month) if month else item.text
    if period is None:
        scan.draft.note("unmeasured")
        return False
    kind: TermKind = "value" if operator == "=" else "compare"
    term = Term(kind, scan.position, ref, operator, (period,))
    term.joined_by_or = _another(scan, ref)
    scan.add(term)
    scan.take(scan.position, scan.position - (operator != "="))
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


def complete(scan: Scanner) -> None:
    """Say of what is counted or added up when it was, rather than of who has it for life.

    "The top 5 customers by invoiced amount in 2024" have invoices of 2024.
    """
    for term in scan.draft.terms:
        ref = term.ref if term.scope == MAIN else None
        if ref is None or not ref.implied or not ref.hits or not scan.is_dated(ref.hits[0]):
            continue
        ref.hits = _not_empty(scan, ref.hits)
        lived = ref.hits[0].table
        if _is_told_by_verb(scan, term.position, lived):
            continue
        happened = [table for table in amounted(scan) if table != lived]
        if happened and has_for_life(scan, lived):
            term.ref = next((d for t in happened if (d := date_of(scan, t))), ref)


def _not_empty(scan: Scanner, hits: tuple[NameHit, ...]) -> tuple[NameHit, ...]:
    """Return the dates a period may be of: none that rows "since 2024 without an end" lack."""
    lacked = {
        (hit.table, hit.column)
        for term in scan.draft.terms
        if term.kind == "null" and term.ref is not None and not (term.negated or term.joined_by_or)
        for hit in term.ref.hits[:1]
    }
    kept = tuple(hit for hit in hits if (hit.table, hit.column) not in lacked)
    if len(kept) == len(hits) or not kept:
        return hits
    table = scan.sentence.graph.table(kept[0].table)
    others = tuple(NameHit(table.name, c.name, 1.0) for c in table.columns if c.dated)
    return tuple(hit for hit in others if (hit.table, hit.column) not in lacked) or kept


def _is_told_by_verb(scan: Scanner, position: int, table: str) -> bool:
    """Tell whether a verb that is part of a noun says when: "staff hired before 2024"."""
    noun = next((at for at in range(position - 1, -1, -1) if scan.role(at) != "none"), -1)
    verb = scan.at(noun).last_word if scan.role(noun) == "table" else ""
    return bool(verb) and named_by(verb, scan.sentence.graph.table(table)) is not None


def amounted(scan: Scanner) -> list[str]:
    """Return the tables whose rows are counted or added up, to show, rank or compare them."""
    draft = scan.draft
    compared = [t for t in draft.terms if t.kind == "count" or t.function or t.summed]
    return summed(scan) + tables_of(scan, [*draft.sorting, *compared])


def summed(scan: Scanner) -> list[str]:
    """Return the tables whose rows are counted or summed up: it is their date that groups them."""
    return tables_of(scan, [wanted for wanted in scan.draft.wanted if wanted.function])


def tables_of(scan: Scanner, parts: Sequence[Wanted | Sorting | Term]) -> list[str]:
    """Return the tables whose rows or columns the parts of a draft speak of."""
    found = []
    for part in parts:
        if part.ref is not None and part.ref.hits:
            found.append(part.ref.near or likely_table(part.ref, scan.entity()))
        else:
            found.append(part.table)
    return [table for table in found if table]
