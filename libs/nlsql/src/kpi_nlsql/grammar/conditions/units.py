"""Units: "more than 80,000 euros" compares the money of the rows, whatever it is called.

"Over 1000 kg" compares their weight: the column is told by the unit, no other is named.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, chosen_ref
from kpi_nlsql.english.words import all_stems, stems
from kpi_nlsql.grammar.asking.implied_columns import IMPLIED
from kpi_nlsql.grammar.conditions.totals import amount_of
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.schema.amounts import money_amount
from kpi_nlsql.schema.graph import Table

_MONEY = frozenset("euro euros eur dollar dollars usd pound pounds gbp francs chf".split())  # noqa: SIM905
_PRICE = frozenset(stems("price cost rate fare fee"))
_NAMED = 0.95
_MEASURED = {
    "kg kgs kilo kilos kilogram kilograms ton tons tonne tonnes gram grams lbs": "weight kg",
    "km kilometer kilometers kilometre kilometres mile miles": "distance mileage km",
    "percent percentage %": "percentage percent pct",
    "litre litres liter liters": "volume litre",
    "sqm": "area size",
    "unit units piece pieces pcs": "quantity pieces",
}
_UNITS = {
    unit: frozenset(stems(names)) for units, names in _MEASURED.items() for unit in units.split()
}


def measured_in(scan: Scanner, position: int) -> Ref | None:
    """Return the column measured in the unit that stands here; None if the subject is known."""
    unit = scan.at(position)
    if _is_known(scan) or scan.item.text in IMPLIED:
        return None
    if unit.values and scan.role(scan.head(position)) == "table":
        return None  # "more than 2 USD invoices" counts invoices
    if unit.values and unit.text in _MONEY:  # "over 1,000 EUR" says the currency, too
        found = _money(scan, told) if (told := scan.tables_named()) else None
        return chosen_ref(position, *found) if found is not None else None
    if unit.values:
        return None
    told = [*scan.tables_named(), *(hit.table for ref in scan.draft.refs() for hit in ref.hits[:1])]
    if unit.text in _UNITS:
        found = _called(scan, told, _UNITS[unit.text])
    elif unit.text in _MONEY:
        found = _shown(scan) or _money(scan, told)
    else:
        return None
    if found is None:
        return None
    scan.take(position)
    scan.skipped.add(position)
    return chosen_ref(position, *found)


def _is_known(scan: Scanner) -> bool:
    """Tell whether what is measured was named; "articles over 100 euros" are no article numbers."""
    pending = scan.pending
    named = pending is not None and any(hit.score >= _NAMED for hit in pending.hits[:1])
    return pending is not None and named and scan.measures(pending)


def _shown(scan: Scanner) -> tuple[str, str] | None:
    """Return the one price that is shown: "title and price of articles over 50 euros"."""
    shown = [(hit.table, scan.column_of(hit)) for hit in scan.draft.shown() if hit.column]
    amounts = [(table, column) for table, column in shown if column.family == "number"]
    priced = [(table, c.name) for table, c in amounts if _PRICE & all_stems(c.display_names)]
    return priced[0] if len(priced) == 1 else None


def _money(scan: Scanner, told: list[str]) -> tuple[str, str] | None:
    """Return the money of the rows told, or else their one price, or else their one amount."""
    graph = scan.sentence.graph
    for name in told:
        if (column := money_amount(graph.table(name))) is not None:
            return name, column
    if (priced := _called(scan, told, _PRICE)) is not None:
        return priced
    tables = [table for table in told if amount_of(graph.table(table))] or _related(scan, told)
    column = amount_of(graph.table(tables[0])) if tables else None
    return None if column is None else (tables[0], column)


def _called(scan: Scanner, told: list[str], words: frozenset[str]) -> tuple[str, str] | None:
    """Return the first one column of numbers of a table told that is called by one of the words."""
    for name in dict.fromkeys(told):
        table = scan.sentence.graph.table(name)
        columns = _numbers_called(table, words)
        if len(columns) == 1:
            return name, columns[0]
    return None


def _numbers_called(table: Table, words: frozenset[str]) -> list[str]:
    return [c.name for c in table.columns if c.measures and words & all_stems(c.display_names)]


def _related(scan: Scanner, told: list[str]) -> list[str]:
    """Return the one table with money whose rows belong to those told: "customers who spent …"."""
    graph = scan.sentence.graph
    found = {
        join.left_table
        for join in graph.joins
        if join.right_table in told and amount_of(graph.table(join.left_table))
    }
    return list(found) if len(found) == 1 else []
