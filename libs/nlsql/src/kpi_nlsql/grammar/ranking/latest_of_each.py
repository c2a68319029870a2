"""The latest of each: "whose last order was cancelled", "with a refund as their last payment".

What follows is said of that row alone, so the reading goes on in a scope of its own.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import Ref, Term, chosen_ref
from kpi_nlsql.english.function_words import POSSESSIVES
from kpi_nlsql.grammar.asking.implied_columns import TIME
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit

_LAST = frozenset({"latest", "most recent", "newest", "last"})
_FIRST = frozenset({"first", "earliest", "oldest"})


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
    if date is None or other == table:
        return False
    told = _told_before(scan, other) if theirs else None
    if theirs and told is None and not scan.in_where:
        return False  # "customers and the date of their last order"
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
    scan.take(*range(scan.position, behind))
    scan.position = behind
    return True


def _told_before(scan: Scanner, table: str) -> Term | None:
    """Return what is said of the row before it is told: "had a refund as their latest payment"."""
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "value":
        return None
    return last if any(hit.table == table for hit in last.hits) else None


def _date(scan: Scanner, rows: int, table: str) -> Ref | None:
    """Return the date that tells which of the related rows is the latest, if they have one."""
    implied = scan.implied(rows, TIME, table)
    if scan.role(rows + 1) == "column":
        implied = scan.ref(rows + 1)  # "whose most recent payout period"
        implied.hits = tuple(hit for hit in implied.hits if _tells_time(scan, hit))
    hits = [hit for hit in implied.hits if hit.table == table] if implied else []
    return chosen_ref(rows, table, str(hits[0].column)) if hits else None


def _tells_time(scan: Scanner, hit: NameHit) -> bool:
    named = any(word in str(hit.column).lower() for word in ("month", "period", "year", "date"))
    return named or scan.is_dated(hit)
