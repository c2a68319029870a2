"""Implied columns: what a comparison speaks of unnamed — "older than" age, "after" a date."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import MAIN, Ref, chosen_ref
from kpi_nlsql.english.dates_read import YEARS
from kpi_nlsql.english.money import COSTING
from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.conditions.happenings import rows_in_time
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.schema.amounts import charge, main_amount, names_rows
from kpi_nlsql.schema.graph import Table

_AGED = 0.9
AGE = ("age",)
PAY = ("salari", "wage", "pay")
PRICE = ("price", "cost")
SIZE = ("size", "area", "popul")
TIME = ("date", "year", "time")
IMPLIED = {
    "older than": AGE, "younger than": AGE, "older": AGE, "younger": AGE,
    "taller than": ("height",), "heavier than": ("weight",), "longer than": ("length", "durat"),
    "shorter than": ("height", "length", "durat"), "lighter than": ("weight",),
    "cheaper than": ("price", "cost"), "more expensive than": ("price", "cost"),
    "faster than": ("speed",), "slower than": ("speed",), "larger than": SIZE,
    "bigger than": SIZE, "smaller than": SIZE,
    "earn": PAY, "earns": PAY, "earning": PAY, "cost": PRICE, "costs": PRICE, "costing": PRICE,
    "farther than": ("distanc",), "further than": ("distanc",), "weigh": ("weight",),
    "weighs": ("weight",), "weighing": ("weight",), "deeper than": ("depth",),
    "thicker than": ("thick",), "thinner than": ("thick",), "wider than": ("width",),
    "narrower than": ("width",), "warmer than": ("temperatur",), "hotter than": ("temperatur",),
    "colder than": ("temperatur",), "cooler than": ("temperatur",),
}  # fmt: skip


def implied_column(scan: Scanner, position: int) -> Ref | None:
    """Return the column that the words imply where none is named, if any."""
    for index in range(position, max(position - 3, -1), -1):
        item = scan.at(index)
        words = item.text if item.text in IMPLIED else " ".join(item.text.split()[:2])
        if words in IMPLIED:
            scan.take(index)
            ref = scan.implied(index, IMPLIED[words], scan.entity())
            entity = scan.entity() if IMPLIED[words] in {PRICE, SIZE, PAY} else None
            own = own_amount(scan, index, entity, ref) if entity is not None else None
            return own or ref
        elsewhere = index < position and scan.at(position + 1).number not in {None, *YEARS}
        if (item.is_cue("after") or item.is_cue("before")) and not elsewhere:
            return scan.implied(index, TIME, rows_in_time(scan))
    for wanted in reversed(scan.draft.wanted):
        near = wanted.function is None and wanted.position >= position - 4
        if wanted.ref is not None and near and not _is_text(scan, wanted.ref):
            return wanted.ref
    return _age(scan) or _amount(scan, position)


def take_implying(scan: Scanner, position: int) -> None:
    """Consume the verb before a comparison whose column is named: "earn more than the salary"."""
    if scan.at(position - 1).text in IMPLIED:
        scan.take(position - 1)


def own_amount(scan: Scanner, position: int, near: str, ref: Ref | None) -> Ref | None:
    """Return the one amount of rows that have no price: a booking, whose only one is the fare."""
    if ref is not None and any(hit.table == near for hit in ref.hits):
        return None
    table = scan.sentence.graph.table(near)
    column = main_amount(table) or charge(table)
    return None if column is None else chosen_ref(position, near, column)


def what_it_costs(scan: Scanner, ref: Ref) -> Ref:
    """Return what a verb compares: "contracts that cost more than 900" by their own one fee."""
    entity = scan.entity()
    if scan.item.text not in COSTING or entity is None:
        return ref
    return own_amount(scan, ref.position, entity, ref) or ref


def _is_text(scan: Scanner, ref: Ref) -> bool:
    # "customer name and amount of invoices over 3000": no name is over 3000.
    column = scan.column_of(ref.hits[0])
    return column.family == "text" and not column.dated and scan.item.number is None


def _amount(scan: Scanner, position: int) -> Ref | None:
    # "claims over 5000" speaks of their amount, if they have just one.
    before = (scan.position - 1, position - 1)
    beside = next((at for at in before if scan.role(at) == "table"), None)
    nested = scan.last_table() if scan.scope != MAIN else None
    entity = scan.table(beside) if beside is not None else nested or scan.entity()
    if scan.item.kind == "mention" and not scan.participle(scan.position):
        return None  # "more than one ticket" counts tickets
    if entity is None:
        return None
    table = scan.sentence.graph.table(entity)
    amount = _told_amount(scan, table) or main_amount(table)
    return chosen_ref(scan.position, entity, amount) if amount else None


def _told_amount(scan: Scanner, table: Table) -> str | None:
    """Return the one amount of a table that the sentence names, also in a list cut off from it.

    "Title and price of all listings above 200" are above a price, however many are in stock.
    """
    spoken = scan.sentence.naming_stems()
    told = [
        column.name
        for column in table.columns
        if column.family == "number" and not names_rows(column)
        if any(set(stems(name)) <= spoken for name in column.display_names)
    ]
    return told[0] if len(told) == 1 else None


def _age(scan: Scanner) -> Ref | None:
    # "people over 40" speaks of their age, if they have one.
    entity = scan.entity()
    ref = scan.implied(scan.position, AGE, entity)
    if ref is None:
        return None
    return ref if any(hit.table == entity and hit.score > _AGED for hit in ref.hits) else None
