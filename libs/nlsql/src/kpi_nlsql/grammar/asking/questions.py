"""Question words that ask for a column without naming it: "how old", "where", "when", "who"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Wanted
from kpi_nlsql.grammar.asking.how_much import moved
from kpi_nlsql.grammar.scanner import Scanner

_ASKED: dict[str, tuple[str, ...]] = {
    "how old": ("age",),
    "where": ("locat", "place", "citi", "address", "countri"),
    "when": ("date", "time", "year"),
    "how long": ("length", "durat"),
    "how tall": ("height",),
    "how heavy": ("weight",),
    "how expensive": ("price", "cost"),
    "how large": ("size", "area"),
    "how big": ("size", "area"),
    "how much": ("price", "amount", "cost"),
    "what time": ("time",),
    "what year": ("year", "date"),
}


def complete(scan: Scanner) -> None:
    """If nothing else is asked for, ask for the column that the question word implies."""
    asked = scan.asked
    if asked is None or any(wanted.ref for wanted in scan.draft.wanted):
        return
    if asked == "how much" and not scan.draft.groups and (money := moved(scan)) is not None:
        scan.draft.wanted.append(Wanted(0, money, "sum"))
        return
    ref = scan.implied(0, _ASKED[asked], scan.entity())
    if ref is None or not scan.draft.entities:
        return
    if scan.pending is not None and not any(term.ref is scan.pending for term in scan.draft.terms):
        ref = scan.pending
    function = "sum" if asked == "how much" and _adds_up(scan, ref) else None
    scan.draft.wanted.append(Wanted(0, ref, function))


def _adds_up(scan: Scanner, ref: Ref) -> bool:
    # "How much did we bill in 2024?" is about all bills, "how much does it cost?" about one.
    rows = scan.draft.limit is None and not scan.draft.sorting
    best = max(ref.hits, key=lambda hit: hit.score + (hit.table == scan.entity()), default=None)
    return rows and best is not None and scan.adds_up(best)


def question_word(scan: Scanner) -> str | None:
    """Return the question word at the present position, if it implies a column."""
    first, second = scan.item.text, scan.at(scan.position + 1).text
    for words in (f"{first} {second}", first):
        if words in _ASKED:
            return words
    return None
