"""On average: "how many hours does a repair take on average" averages what is else added up.

Asked what something costs, brings in or pays on average, the amount that is named is averaged, or
else the one amount that its rows have.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Wanted
from kpi_nlsql.english.money import COSTING, OF_MONEY
from kpi_nlsql.grammar.asking.implied_columns import own_amount
from kpi_nlsql.grammar.scanner import Scanner


def complete(scan: Scanner) -> None:
    """Take the average of the one amount asked for where "on average" stands apart from it."""
    told = [at for at, item in enumerate(scan.items) if item.text == "on average"]
    shown = scan.draft.wanted
    summed = [wanted for wanted in shown if wanted.function in {"sum", "amount"}]
    if told and not any(wanted.function for wanted in shown):
        summed = _measured(scan)
    _of_its_rows(scan)
    if not told or len(summed) != 1:
        return
    summed[0].function = "avg"
    scan.take(*told)


def _of_its_rows(scan: Scanner) -> None:
    """Average what the rows themselves cost: "what does a rental cost on average"."""
    for wanted in scan.draft.wanted:
        ref, verb = wanted.ref, scan.at(wanted.position)
        if ref is None or wanted.function != "avg" or verb.text not in COSTING:
            continue
        before = wanted.position - 1
        entity = ref.near or (scan.table(before) if scan.role(before) == "table" else None)
        own = tuple(hit for hit in ref.hits if hit.table == entity)
        if own:
            ref.hits = own
        elif entity is not None:
            wanted.ref = own_amount(scan, wanted.position, entity, ref) or ref


def _measured(scan: Scanner) -> list[Wanted]:
    """Return the amounts asked for, or else the one that the rows cost or bring in."""
    named = [wanted for wanted in scan.draft.wanted if wanted.ref and scan.measures(wanted.ref)]
    verb = next((at for at, item in enumerate(scan.items) if item.text in OF_MONEY), None)
    entity = _told(scan)
    if (named and [wanted.position for wanted in named] != [verb]) or verb is None:
        return named
    amount = own_amount(scan, verb, entity, named[0].ref if named else None) if entity else None
    if amount is None:
        return named
    scan.take(verb)
    scan.draft.wanted = [Wanted(amount.position, amount)]
    return scan.draft.wanted


def _told(scan: Scanner) -> str | None:
    """Return the table of the rows spoken of, be it by what kind they are: "a vaccination"."""
    if scan.draft.entities:
        return scan.draft.entities[0][1]
    told = {hit.table for term in scan.draft.terms for hit in term.hits if hit.score >= 1.0}
    return told.pop() if len(told) == 1 else None
