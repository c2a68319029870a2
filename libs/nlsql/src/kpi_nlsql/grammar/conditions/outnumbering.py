"""Outnumbering: "programs with more admitted applications than seats".

How many rows of another table there are is set against a number that each row keeps.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plans.plan import Operator


def outnumbered(scan: Scanner, operator: Operator, position: int) -> bool:
    """Consume what is counted, at ``position``, and the column that it is set against."""
    rows = scan.head(position)
    column = scan.skip(rows + 2)
    entity = _rows(scan)
    if scan.role(rows) != "table" or scan.at(rows + 1).text != "than" or entity is None:
        return False
    if scan.role(column) != "column" or scan.table(rows) == entity:
        return False
    _add(scan, operator, list(range(position, rows)), rows, column)
    scan.take(*range(scan.position, column + 1))
    scan.position = column + 1
    scan.in_where = True
    return True


def counted(scan: Scanner, operator: Operator, position: int) -> bool:
    """Consume "count of registrations > capacity", whose count has been read."""
    table = scan.pending_table
    if scan.pending_function != "count" or table is None or scan.role(position) != "column":
        return False
    rows = next((at for at in range(position, -1, -1) if scan.mentions(at, table)), None)
    if rows is None or table == _rows(scan):
        return False
    _add(scan, operator, [], rows, position)
    scan.take(*range(scan.position, position + 1))
    scan.position = position + 1
    return True


def _rows(scan: Scanner) -> str | None:
    """Return the table whose rows are asked for, or some columns of them."""
    shown = [wanted.ref for wanted in scan.draft.wanted if wanted.ref is not None]
    if not scan.draft.entities and shown and shown[0].hits:
        return shown[0].near or shown[0].hits[0].table
    return scan.entity()


def _add(scan: Scanner, operator: Operator, values: list[int], rows: int, column: int) -> None:
    """Add the term, and what is said of the rows counted, in a scope of their own."""
    scope, table = scan.further_scope(), scan.table(rows)
    kept = scan.ref(column)
    kept.near = _rows(scan)
    against = Term("exists", rows, operator=operator, table=table, other=kept, scope=scope)
    against.against = "column"
    scan.draft.terms.append(against)
    for at in values:
        item = scan.at(at)
        said = Term("value", at, hits=item.values, values=(item.text,), scope=scope, near=table)
        said.adjacent = True
        scan.draft.terms.append(said)
