"""Date gaps: "paid more than 30 days after the due date", "closed_on - opened_on > 30 days"."""

from __future__ import annotations

from typing import cast

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.grammar.conditions.times import day_told, named_by
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.plans.plan import Operator

DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_MOST_BETWEEN = 4
_WITHIN = frozenset({"within"})
_LEADS = frozenset({"between", "from", "in between"})
_LINKS = frozenset({"and", "to", "until", "till"})


def read(scan: Scanner) -> bool:
    """Consume a comparison of how many days lie between two dates of a row."""
    operator = _operator(scan)
    number, days = scan.at(scan.position + 1).number, DAYS.get(scan.at(scan.position + 2).text)
    if operator is None or number is None or days is None:
        return False
    found = _around(scan, scan.position + 3) or _both(scan, scan.position + 3) or _minus(scan)
    table = _shared(found[0], found[1]) if found is not None else None
    if found is None or table is None:
        return _unread(scan)
    later, earlier, end = found
    later.near = earlier.near = table
    scan.not_output(later)
    scan.not_output(earlier)
    term = Term("compare", scan.position, later, operator, (number * days,), against="days")
    term.other = earlier
    scan.add(term)
    scan.take(*range(scan.position, end))
    scan.position, scan.in_where, scan.pending = end, True, None
    return True


def _unread(scan: Scanner) -> bool:
    """Pass days that are told of dates which no row has both of: they are no amount of it."""
    lead = scan.at(scan.position + 3)
    if not (lead.is_cue("after") or lead.is_cue("before")):
        return False
    scan.draft.note("unmeasured")
    scan.position += 3
    return True


def _operator(scan: Scanner) -> Operator | None:
    if scan.item.is_cue("compare"):
        return cast("Operator", scan.item.argument("compare"))
    return "<=" if scan.item.text in _WITHIN else None


def _around(scan: Scanner, position: int) -> tuple[Ref, Ref, int] | None:
    """Return the dates of "reported more than 30 days after the loss date"."""
    lead = scan.at(position)
    after = lead.is_cue("after") or (lead.text == "of" and scan.item.text in _WITHIN)
    if not (after or lead.is_cue("before")):
        return None
    told = _date(scan, position + 1)
    subject = _subject(scan) if told is not None else None
    if told is None or subject is None:
        return None
    other, end = told
    return (subject, other, end) if after else (other, subject, end)


def _both(scan: Scanner, position: int) -> tuple[Ref, Ref, int] | None:
    """Return the dates of "more than 5 days between order date and delivery date"."""
    first = _date(scan, position + 1) if scan.at(position).text in _LEADS else None
    if first is None or scan.at(first[1]).text not in _LINKS:
        return None
    second = _date(scan, first[1] + 1)
    return None if second is None else (second[0], first[0], second[1])


def _minus(scan: Scanner) -> tuple[Ref, Ref, int] | None:
    """Return the dates of "closed date - opened date > 30 days"."""
    at = scan.position
    minus = scan.at(at - 2).text in {"-", "minus"}
    if not minus or not _is_date(scan, at - 1) or not _is_date(scan, at - 3):
        return None
    return scan.ref(at - 3), scan.ref(at - 1), at + 3


def _is_date(scan: Scanner, position: int) -> bool:
    hits = scan.at(position).column_hits() if scan.role(position) == "column" else []
    return any(map(scan.is_dated, hits))


def _date(scan: Scanner, position: int) -> tuple[Ref, int] | None:
    """Return the date that is named, or told by a verb, and the position behind it."""
    column = scan.skip(position)
    if scan.role(column) == "table" and _is_date(scan, column + 1):
        column += 1
    if _is_date(scan, column):
        return scan.ref(column), column + 1
    if (told := day_told(scan, position + (scan.at(position).text == "the"))) is not None:
        return told
    dated = [hit for hit in scan.at(column).column_hits() if scan.is_dated(hit)]
    return (Ref(column, tuple(dated)), column + 1) if dated else None  # "of opening"


def _subject(scan: Scanner) -> Ref | None:
    """Return the date of what was done before: "reported", "whose payment date is"."""
    table = scan.last_table() or scan.entity()
    for position in range(scan.position - 1, max(scan.position - _MOST_BETWEEN, -1), -1):
        if _is_date(scan, position):
            scan.take(position)
            return scan.ref(position)
        verb = scan.at(position).text
        if table is not None and " " not in verb and verb.endswith(("ed", "en", "id", "nt")):
            column = named_by(verb, scan.sentence.graph.table(table))
            if column is not None:
                _forget(scan, position)
                scan.take(position)
                hit = NameHit(table, column.name, 1.0)
                return Ref(position, (hit,), table)
    return None


def _forget(scan: Scanner, position: int) -> None:
    # "closed more than 2 days after …" tells when, whatever the row's status is now.
    terms = scan.draft.terms
    scan.draft.terms = [t for t in terms if t.position != position or t.kind != "value"]


def _shared(later: Ref, earlier: Ref) -> str | None:
    """Return the table that has both dates."""
    owners = {hit.table for hit in earlier.hits}
    tables = [hit.table for hit in later.hits if hit.table in owners]
    return next((table for table in tables if table == later.near), next(iter(tables), None))
