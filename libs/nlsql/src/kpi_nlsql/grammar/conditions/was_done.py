"""Was done: "tickets that were refunded" — a deed of which the row has the date."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.schema.graph import Column

_AUXILIARIES = frozenset("is are was were been be being got get".split())  # noqa: SIM905
_ENDINGS = ("ed", "en", "id", "ught", "nt")
_TIMED = ("after", "before", "between", "recent", "compare", "older", "order")
_LEADING = frozenset({"in", "on", "at", "during", "by", "from", "to", "since"})


def read(scan: Scanner) -> bool:
    """Consume a deed that a nullable date of the rows is called by, with nothing said of when."""
    position = scan.position
    table = _rows(scan, position)
    if table is None or not scan.item.text.endswith(_ENDINGS) or " " in scan.item.text:
        return False
    dated = [
        hit
        for hit in scan.at(position).column_hits()
        if hit.table == table and _may_be_open(scan.column_of(hit))
    ]
    if len(dated) != 1:
        return False
    scan.add(Term("null", position, Ref(position, tuple(dated), table), negated=True))
    scan.take(position)
    scan.position += 1
    return True


def _may_be_open(column: Column) -> bool:
    return column.dated and column.nullable


def _rows(scan: Scanner, position: int) -> str | None:
    """Return the table whose rows the deed is said of, if it is not told when it was done."""
    if scan.role(position) != "column":
        return None
    after = scan.at(position + 1)
    timed = any(after.is_cue(kind) for kind in _TIMED) or after.text in _LEADING
    said = scan.at(position - 1).text in _AUXILIARIES
    entity = scan.draft.entities[0][1] if scan.draft.entities else None
    told = after.number is not None or after.kind == "quoted" or after.text in {"and", ","}
    return None if timed or told or not said else entity
