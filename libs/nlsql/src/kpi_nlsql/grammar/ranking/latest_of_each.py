"""The latest of each: "whose last order was cancelled", "with a refund as their last payment".

What follows is said of that row alone, so the reading goes on in a scope of its own.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import Ref, Term, chosen_ref
from kpi_nlsql.english.function_words import POSSESSIVES
from kpi_nlsql.grammar.asking.implied_columns import TIME
from kpi_nlsql.grammar.conditions.times import is_date, main_date
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit

_LAST = frozenset({"latest", "most recent", "newest", "last"})
_FIRST = frozenset({"first", "earliest", "oldest"})
_TIMED = ("after", "before", "older", "younger", "recent")
_BEFORE = 4
_AHEAD = 3
"""Words in which the row is told to lie in a period, if it is."""


def read(scan: Scanner) -> bool:
    """Consume "whose latest order": the order that none of the same customer is later than."""
    word = scan.item.text.removeprefix("the ")
    rows, table = scan.position + 1, scan.entity()
    led = scan.at(scan.position - 1)
    theirs = led.text in POSSESSIVES
    whose = theirs or (led.is_cue("relative") and led.text == "whose")
    if not whose or word not in _LAST | _FIRST or table is None or scan.role(rows) != "table":
        return False
    other = scan.table(rows)
    behind = rows + 1
    date = _date(scan, rows, other)
    if date is not None and scan.role(behind) == "column":
        behind += 1
    if date is None or other == table or _shown(scan, other):
        return False
    told = _told_before(scan, other) if theirs else None
    if theirs and told is None and not scan.in_where:
        scan.draft.note("dangling", 3.0)  # "customers with their latest order" are not one row
        return False
    scan.open_scope(negative=False)
    scan.in_where = True
    if told is not None:
        told.scope = scan.scope
    scan.add(Term("exists", rows, table=other))
    end = "max" if word in _LAST else "min"
    latest = Term("compare", scan.position, replace(date), "=", (end,), against="average")
    latest.peers = ((NameHit(table, None, 1.0),),)
    scan.add(latest)
    scan.pending, scan.pending_function, scan.pending_table = None, None, None
    if any(_is_timed(scan, at) for at in range(behind, behind + _AHEAD)):
        scan.pending = date
    scan.take(*range(scan.position, behind))
    scan.position = behind
    return True


def _told_before(scan: Scanner, table: str) -> Term | None:
    """Return what is said of the row before it is told: "had a refund as their latest payment"."""
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "value" or scan.position - last.position > _BEFORE:
        return None
    return last if any(hit.table == table for hit in last.hits) else None


def _is_timed(scan: Scanner, position: int) -> bool:
    item = scan.at(position)
    return any(item.is_cue(kind) for kind in _TIMED) or is_date(scan, position)


def _date(scan: Scanner, rows: int, table: str) -> Ref | None:
    """Return the date of the related rows that the sentence names, or the one they are of."""
    if scan.role(rows + 1) == "column":
        own = [hit for hit in scan.at(rows + 1).column_hits() if hit.table == table]
        told = own[0] if own else None
        if told is None or not (scan.is_dated(told) or _is_period(str(told.column))):
            return None
        return Ref(rows + 1, (told,), table, (table, str(told.column)))
    column = main_date(scan.sentence.graph.table(table))
    if column is not None:
        return chosen_ref(rows, table, column.name)
    implied = scan.implied(rows, TIME, table)
    hits = [hit for hit in implied.hits if hit.table == table] if implied else []
    return Ref(rows, (hits[0],), table, (table, str(hits[0].column))) if hits else None


def _is_period(column: str) -> bool:
    return any(word in column.lower() for word in ("month", "period", "year", "date"))


def _shown(scan: Scanner, table: str) -> bool:
    return any(wanted.ref and wanted.ref.near == table for wanted in scan.draft.wanted)
