"""On average: "how many hours does a repair take on average" averages what is else added up.

Asked what something costs, brings in or pays on average, the amount that is named is averaged, or
else the one amount that its rows have.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Wanted
from kpi_nlsql.english.function_words import HELPING
from kpi_nlsql.english.money import COSTING, OF_MONEY
from kpi_nlsql.grammar.asking.implied_columns import own_amount
from kpi_nlsql.grammar.scanner import Scanner

_ASKING = frozenset({"what", "how"})


def complete(scan: Scanner) -> None:
    """Take the average of the one amount asked for where "on average" stands apart from it."""
    told = [at for at, item in enumerate(scan.items) if item.text == "on average"]
    shown = scan.draft.wanted
    summed = [wanted for wanted in shown if wanted.function in {"sum", "amount"}]
    if told and not any(wanted.function for wanted in shown) and _asks(scan):
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


def _asks(scan: Scanner) -> bool:
    """Tell whether the sentence asks for an amount: "what does", "what advance do we pay"."""
    asked = scan.at(0).text.split()[:1]
    return bool(asked) and asked[0] in _ASKING and any(i.text in HELPING for i in scan.items[1:4])


def _measured(scan: Scanner) -> list[Wanted]:
    """Return the amounts asked for, or else the one that the rows cost or bring in."""
    plain = [wanted for wanted in scan.draft.wanted if wanted.function is None and wanted.ref]
    named = [wanted for wanted in plain if wanted.ref and scan.measures(wanted.ref)]
    verb = next((at for at, item in enumerate(scan.items) if item.text in OF_MONEY), None)
    if named and [wanted.position for wanted in named] != [verb]:
        return named
    entity = _told(scan)
    ref = named[0].ref if named else None
    amount = own_amount(scan, verb, entity, ref) if verb is not None and entity else None
    if amount is None or len(plain) > len(named):
        return named
    scan.take(int(verb or 0))
    scan.draft.wanted = [Wanted(amount.position, amount)]
    return scan.draft.wanted


def _told(scan: Scanner) -> str | None:
    """Return the table of the rows spoken of, be it by what kind they are: "a vaccination"."""
    if scan.draft.entities:
        return scan.draft.entities[0][1]
    told = {hit.table for term in scan.draft.terms for hit in term.hits if hit.score >= 1.0}
    return told.pop() if len(told) == 1 else None
