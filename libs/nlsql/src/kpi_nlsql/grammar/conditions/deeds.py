"""Deeds: "delivery notes not weighed" — a verb that another table's dates are called by."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.grammar.scanner import Scanner

_ANYTHING = frozenset({"anything", "something", "yet", "at all"})
_CLOSING = frozenset({"and", "or", "nor", "but", "-"})


def read(scan: Scanner) -> bool:
    """Consume a deed done to the rows asked for: the other table has a row for each of them."""
    table = done_in(scan, scan.position, scan.entity())
    if table is None or not scan.draft.entities:
        return False
    scan.in_where = True
    scan.add(Term("exists", scan.position, table=table))
    scan.take(scan.position)
    scan.position += 1
    if scan.item.text in _ANYTHING:
        scan.take(scan.position)
        scan.position += 1
    return True


def done_in(scan: Scanner, position: int, entity: str | None) -> str | None:
    """Return the one table besides the entity whose date of the deed the verb names."""
    text = scan.at(position).text
    named = scan.role(position) == "column" and _ends(scan, position + 1)
    if not text.endswith("ed") or " " in text or not named:
        return None
    hits = scan.at(position).column_hits()
    dated = {hit.table for hit in hits if scan.is_dated(hit)}
    own = any(hit.table == entity for hit in hits)
    return next(iter(dated)) if not own and len(dated) == 1 else None


def _ends(scan: Scanner, position: int) -> bool:
    """Tell whether nothing is said of when: "not weighed", "weighed more than once"."""
    item = scan.at(position)
    ended = item.kind == "mark" or item.text in _ANYTHING or item.text in _CLOSING
    return ended or item.is_cue("often") or item.is_cue("not")
