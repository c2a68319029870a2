"""Done: "closed work orders" have a closing date, where no status says that they are closed."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.grammar.conditions.undone import dated_by
from kpi_nlsql.grammar.scanner import Scanner

_OPENING = frozenset({"which", "the", "of", "and", "how many"})


def read(scan: Scanner) -> bool:
    """Consume a participle before the rows that a nullable date of theirs is called by."""
    position = scan.position
    if not scan.item.text.endswith("ed") or scan.role(position) != "column" or scan.in_where:
        return False
    if scan.role(position + 1) != "table" or scan.item.values or not _opens(scan):
        return False
    ref, end = dated_by(scan, position, scan.table(position + 1))
    if ref is None or end != position + 1:
        return False
    scan.add(Term("null", position, ref, negated=True))
    scan.take(position)
    scan.position += 1
    return True


def _opens(scan: Scanner) -> bool:
    before = scan.at(scan.position - 1)
    asks = before.is_cue("all") or before.is_cue("show") or before.is_cue("count")
    return scan.position == 0 or asks or before.text in _OPENING
