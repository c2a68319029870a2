"""Adverbs: "on average" and "in total" say of an amount told elsewhere that it is summed up.

"Crews that spent more than 80,000 in total", "what does a repair cost on average".
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import MAIN, Term, Wanted
from kpi_nlsql.grammar.scanner import Scanner

ADVERBS = {
    "on average": "avg", "in total": "sum", "overall": "sum", "altogether": "sum",
}  # fmt: skip
_AHEAD = 3
_BEHIND = 2


def read(scan: Scanner) -> bool:
    """Consume an adverb; what it belongs to may follow, and is looked for at the end."""
    function = ADVERBS.get(scan.item.text)
    if function is None:
        return False
    scan.adverbs.append((scan.position, function))
    scan.position += 1
    return True


def complete(scan: Scanner) -> None:
    """Sum up what each adverb belongs to; one without anything stays unread."""
    for position, function in scan.adverbs:
        if _sum_up(scan, position, function):
            scan.take(position)


def _sum_up(scan: Scanner, position: int, function: str) -> bool:
    ahead = [t for t in _compared(scan) if 0 < t.position - position <= _AHEAD]
    if ahead:
        return _compare(scan, ahead[0], function)
    ranked = scan.draft.sorting[-1] if scan.draft.sorting else None
    if ranked and not ranked.function and position - ranked.position <= _AHEAD:
        ranked.function = function  # "the club with the youngest players on average"
        return True
    for wanted in reversed(scan.draft.wanted):
        beside = 0 < position - wanted.position <= _BEHIND
        if beside and wanted.function is None and wanted.ref and scan.measures(wanted.ref):
            wanted.function = function
            return True
    before = [t for t in _compared(scan) if t.position < position]
    return bool(before) and _of_groups(scan, before[-1]) and _compare(scan, before[-1], function)


def _compared(scan: Scanner) -> list[Term]:
    """Return the comparisons of an amount with a number."""
    return [
        term
        for term in scan.draft.terms
        if term.kind in {"compare", "between"} and term.against == "value" and term.scope == MAIN
        if term.ref is not None and scan.measures(term.ref)
    ]


def _of_groups(scan: Scanner, term: Term) -> bool:
    """Tell whether something is asked for that may have several of the rows compared."""
    assert term.ref is not None
    first = scan.draft.entities[0] if scan.draft.entities else None
    by_value = first is not None and scan.role(first[0]) == "column"  # "payers with more than …"
    return bool(scan.draft.wanted) or by_value or scan.entity() != term.ref.hits[0].table


def _compare(scan: Scanner, term: Term, function: str) -> bool:
    term.function = function
    assert term.ref is not None
    table = term.ref.hits[0].table
    # "on average more than 50 minutes per task": each row of the table is a task.
    dropped = {group.position for group in scan.draft.groups if group.table == table}
    scan.draft.groups = [g for g in scan.draft.groups if g.position not in dropped]
    scan.draft.entities = [e for e in scan.draft.entities if e[0] not in dropped]
    scan.draft.wanted = [w for w in scan.draft.wanted if not {w.position, w.position + 1} & dropped]
    _show_subject(scan)
    return True


def _show_subject(scan: Scanner) -> None:
    # "attendants who spent …" in a table of tasks: a column, of which each has several rows.
    first = scan.draft.entities[0] if scan.draft.entities else None
    if first is None or scan.role(first[0]) != "column":
        return
    if not any(wanted.function is None for wanted in scan.draft.wanted):
        scan.draft.wanted.insert(0, Wanted(first[0], scan.ref(first[0])))
