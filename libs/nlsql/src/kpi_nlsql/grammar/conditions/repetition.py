"""Repetition: "more than once", "at least twice", "only once" — how often something is related."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Group, Term
from kpi_nlsql.grammar.repeating.repeats import OFTEN
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plans.plan import Operator

_OCCURRING = frozenset("appear appears appearing occur occurs occurring happen happens".split())  # noqa: SIM905


def read(scan: Scanner) -> bool:
    """Consume how often, and count the related rows (or the rows that share the outputs)."""
    if _so_many_times(scan):
        repeated(scan, "=", scan.item.number or 0)
        scan.take(scan.position - 1, scan.position, scan.position + 1)
        scan.position += 2
        return True
    if not scan.item.is_cue("often"):
        return False
    operator, number = OFTEN[scan.item.text]
    scan.take(scan.position)
    repeated(scan, operator, number)
    scan.position += 1
    return True


def _so_many_times(scan: Scanner) -> bool:
    # "which appear two times in the settlements"
    told = scan.at(scan.position - 1).text in _OCCURRING
    return told and bool(scan.item.number) and scan.at(scan.position + 1).text == "times"


def repeated(scan: Scanner, operator: Operator, number: str | float) -> None:
    """Count the rows that were last said to exist, or else those that share the outputs."""
    existing = [t for t in scan.draft.terms if t.kind == "exists" and t.scope == scan.scope]
    if existing:
        term = existing[-1]
        term.kind, term.operator, term.values = "count", operator, (number,)
    else:
        scan.add(Term("count", scan.position, None, operator, (number,), table=_rows(scan)))
        _group(scan)


def _rows(scan: Scanner) -> str | None:
    """Return the table mentioned behind the entity, if any: its rows are counted."""
    others = [table for _, table in scan.draft.entities[1:] if table != scan.entity()]
    return others[-1] if others else None


def _group(scan: Scanner) -> None:
    for wanted in scan.draft.wanted:
        if wanted.ref is not None and wanted.function is None:
            scan.draft.groups.append(Group(wanted.position, wanted.ref))
