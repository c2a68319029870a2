"""How much: "how much was paid per channel" adds up the money of the rows for each group."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Wanted
from kpi_nlsql.english.amounts import amount_ref
from kpi_nlsql.grammar.conditions.totals import amount_of
from kpi_nlsql.grammar.scanner import Scanner

_HELPING = frozenset({"did", "do", "does", "have", "has", "had"})
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


def _asks(scan: Scanner, position: int) -> bool:
    return scan.at(position).text == "how" and scan.at(position + 1).text == "much"


def _does_it(scan: Scanner, wanted: Wanted, start: int) -> bool:
    # "how much did people pay": who did it is not asked for.
    if wanted.ref is None or wanted.function or scan.at(start + 2).text not in _HELPING:
        return False
    return wanted.position == start + 3 and scan.at(wanted.position).best_column() < _PARTLY


def _add_up(scan: Scanner) -> bool:
    measures = [w for w in scan.draft.wanted if w.ref and w.ref.hits and w.function is None]
    for wanted in measures:
        if wanted.ref is not None and scan.adds_up(wanted.ref.hits[0]):
            wanted.function = "sum"
            return True
    grouped = {group.position for group in scan.draft.groups}
    for position, name in scan.draft.entities:
        table = scan.sentence.graph.table(name)
        amount = amount_of(table) if position not in grouped else None
        if amount is not None and not measures:
            ref = amount_ref(position, name, amount)
            scan.draft.wanted.append(Wanted(position, ref, "sum"))
            return True
    return False
