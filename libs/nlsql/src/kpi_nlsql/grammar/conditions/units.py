"""Units: "more than 80,000 euros" compares the money of the rows, whatever it is called."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref
from kpi_nlsql.english.amounts import amount_ref
from kpi_nlsql.grammar.conditions.totals import amount_of
from kpi_nlsql.grammar.scanner import Scanner

_MONEY = frozenset("euro euros eur dollar dollars usd pound pounds gbp francs chf".split())  # noqa: SIM905


def measured_in(scan: Scanner, position: int) -> Ref | None:
    """Return the column measured in the unit that stands here; None if the subject is known."""
    unit = scan.at(position)
    if unit.text not in _MONEY or unit.values:
        return None
    if scan.pending is not None and scan.measures(scan.pending):
        return None
    told = [*scan.tables_named(), *(hit.table for ref in scan.draft.refs() for hit in ref.hits[:1])]
    tables = [table for table in told if amount_of(scan.sentence.graph.table(table))]
    tables = tables or _related(scan, told)
    column = amount_of(scan.sentence.graph.table(tables[0])) if tables else None
    if column is None:
        return None
    scan.take(position)
    return amount_ref(position, tables[0], column)


def _related(scan: Scanner, told: list[str]) -> list[str]:
    """Return the one table with money whose rows belong to those told: "customers who spent …"."""
    graph = scan.sentence.graph
    found = {
        join.left_table
        for join in graph.joins
        if join.right_table in told and amount_of(graph.table(join.left_table))
    }
    return list(found) if len(found) == 1 else []
