"""How much: "how much was paid per channel" adds up the money of the rows for each group."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Wanted, chosen_ref
from kpi_nlsql.english.function_words import HELPING
from kpi_nlsql.english.money import MOVING
from kpi_nlsql.grammar.conditions.totals import amount_of
from kpi_nlsql.grammar.scanner import Scanner

_FARTHEST_VERB = 4
_PERSONS = frozenset({"we", "they", "you", "people"})
_PARTLY = 0.6


def complete(scan: Scanner) -> None:
    """Add up what is asked for by "how much" for each group; without groups it is looked up."""
    start = next((at for at in range(len(scan.items) - 1) if _asks(scan, at)), None)
    draft = scan.draft
    if start is None or not draft.groups:
        return
    draft.wanted = [wanted for wanted in draft.wanted if not _does_it(scan, wanted, start)]
    sums = [wanted for wanted in draft.wanted if wanted.function == "sum"]
    if not sums and not _add_up(scan):
        draft.note("unmeasured")
        return
    scan.take(start, start + 1)


def moved(scan: Scanner) -> Ref | None:
    """Return the money that "how much did customers spend on orders" adds up: that of orders."""
    start = next((at for at in range(len(scan.items) - 1) if _asks(scan, at)), None)
    if start is None or scan.at(start + 2).text not in HELPING:
        return None
    ahead = range(start + 3, min(start + 3 + _FARTHEST_VERB, len(scan.items)))
    verb = next((at for at in ahead if scan.at(at).text in MOVING), None)
    if verb is None:
        return None
    for position in (at for at in range(len(scan.items)) if scan.role(at) == "table"):
        table = scan.sentence.graph.table(scan.table(position))
        if (amount := amount_of(table)) is not None:
            scan.take(start, start + 1, verb)
            return chosen_ref(position, table.name, amount)
    return None


def _asks(scan: Scanner, position: int) -> bool:
    return scan.at(position).text == "how" and scan.at(position + 1).text == "much"


def _does_it(scan: Scanner, wanted: Wanted, start: int) -> bool:
    # "how much did people pay": who did it is not asked for.
    if wanted.ref is None or wanted.function or scan.at(start + 2).text not in HELPING:
        return False
    subject = scan.at(start + 3).text in _PERSONS
    told = start + 3 <= wanted.position <= start + 3 + subject
    return told and scan.at(wanted.position).best_column() < _PARTLY


def _add_up(scan: Scanner) -> bool:
    measures = [w for w in scan.draft.wanted if w.ref and w.ref.hits and w.function is None]
    for wanted in measures:
        if wanted.ref is not None and scan.adds_up(wanted.ref.hits[0]):
            wanted.function = "sum"
            return True
    grouped = {group.position for group in scan.draft.groups}
    if not scan.draft.entities and not measures:
        return _of_grouped(scan)
    for position, name in scan.draft.entities:
        table = scan.sentence.graph.table(name)
        amount = amount_of(table) if position not in grouped else None
        if amount is not None and not measures:
            ref = chosen_ref(position, name, amount)
            scan.draft.wanted.append(Wanted(position, ref, "sum"))
            return True
    return False


def _of_grouped(scan: Scanner) -> bool:
    """Add up the money of the rows that have what is grouped by: "for each type of service"."""
    tables = {group.ref.hits[0].table for group in scan.draft.groups if group.ref}
    graph = scan.sentence.graph
    amounts = {table: amount_of(graph.table(table)) for table in tables}
    if len(amounts) != 1 or not (amount := next(iter(amounts.values()))):
        return False
    position, table = scan.draft.groups[0].position, next(iter(amounts))
    scan.draft.wanted.append(Wanted(position, chosen_ref(position, table, amount), "sum"))
    return True
