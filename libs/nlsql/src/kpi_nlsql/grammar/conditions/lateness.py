"""Lateness: "rentals that came back late" have their date of return behind the date it was due."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term, chosen_ref
from kpi_nlsql.english.words import all_stems, stems
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plans.plan import Operator
from kpi_nlsql.schema.graph import Column, Table

_LATE = frozenset({"late", "early"})
_DUE = frozenset(stems("due deadline promised expected agreed"))
_RETURN = frozenset(stems("return returned"))
_LONGEST_VERB = 4
_VERBAL = frozenset(
    "was were been has have had came come comes got be is are too back in out paid sent".split()  # noqa: SIM905
)


def read(scan: Scanner) -> bool:
    """Consume a verb and "late", where the rows have one date that was due and one of the deed."""
    end = next((at for at in _ahead(scan) if scan.at(at).text in _LATE), None)
    entity = scan.entity() if end is not None and scan.position > 0 else None
    if end is None or entity is None or not _is_verb(scan, end):
        return False
    table = scan.sentence.graph.table(entity)
    due = [c for c in table.columns if c.dated and all_stems(c.display_names) & _DUE]
    done = _done(scan, table, end) if len(due) == 1 else None
    if done is None:
        return False
    later = chosen_ref(scan.position, entity, done.name)
    operator: Operator = ">" if scan.at(end).text == "late" else "<"
    term = Term("compare", scan.position, later, operator, against="column")
    term.other = chosen_ref(end, entity, due[0].name)
    scan.add(term)
    scan.take(*range(scan.position, end + 1))
    scan.position, scan.in_where, scan.pending = end + 1, True, None
    return True


def _ahead(scan: Scanner) -> range:
    return range(scan.position, min(scan.position + _LONGEST_VERB, len(scan.items)))


def _is_verb(scan: Scanner, end: int) -> bool:
    """Tell whether no noun stands up to "late": "came back", "were returned too"."""
    before = [scan.at(at) for at in range(scan.position, end)]
    closed = scan.role(end + 1) == "none"
    return closed and all(
        item.text in _VERBAL or scan.participle(at) for at, item in enumerate(before, scan.position)
    )


def _done(scan: Scanner, table: Table, end: int) -> Column | None:
    """Return the date that the verb tells of, or else the only one that may still be open."""
    told = all_stems(scan.at(at).text for at in range(scan.position, end))
    told |= _RETURN if "back" in told else set()
    others = [c for c in table.columns if c.dated and not all_stems(c.display_names) & _DUE]
    named = [column for column in others if told & all_stems(column.display_names)]
    named = named or [column for column in others if column.nullable]
    return named[0] if len(named) == 1 else None
