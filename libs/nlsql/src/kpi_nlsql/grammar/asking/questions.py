"""Question words that ask for a column without naming it: "how old", "where", "when", "who"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Wanted
from kpi_nlsql.grammar.asking.how_much import asks_total
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
_ENDS_OF_TIME = {"last": "max", "first": "min", "latest": "max", "earliest": "min"}


def complete(scan: Scanner) -> None:
    """If nothing else is asked for, ask for the column that the question word implies."""
    asked = scan.asked
    if asked is None or any(wanted.ref for wanted in scan.draft.wanted):
        return
    if asked == "how much" and asks_total(scan):
        return
    if asked == "when" and _for_each(scan):
        return
    ref = scan.implied(0, _ASKED[asked], scan.entity())
    if ref is None or not scan.draft.entities:
        return
    if scan.pending is not None and not any(term.ref is scan.pending for term in scan.draft.terms):
        ref = scan.pending
    function = "sum" if asked == "how much" and _adds_up(scan, ref) else None
    scan.draft.wanted.append(Wanted(0, ref, function))


def _for_each(scan: Scanner) -> bool:
    """Ask for the latest date of each: "When did each vendor last send an invoice?"."""
    draft = scan.draft
    told = [at for at, item in enumerate(scan.items) if item.text in _ENDS_OF_TIME]
    grouped = {group.table for group in draft.groups}
    rows = [table for table in scan.tables_named() if table not in grouped]
    if len(told) != 1 or not draft.groups or not rows:
        return False
    ref = scan.implied(0, _ASKED["when"], rows[-1])
    own = tuple(hit for hit in ref.hits if hit.table == rows[-1]) if ref is not None else ()
    if not own:
        draft.note("unmeasured")
        return True
    function = _ENDS_OF_TIME[scan.at(told[0]).text]
    if any(sorting.position == told[0] for sorting in draft.sorting):
        draft.sorting, draft.limit = [], None  # "last order something" takes no single one
    draft.wanted.append(Wanted(0, Ref(0, own, rows[-1]), function))
    scan.take(told[0])
    return True


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
