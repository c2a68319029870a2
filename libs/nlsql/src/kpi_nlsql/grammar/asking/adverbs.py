"""Adverbs: "on average" and "in total" say of an amount told elsewhere that it is summed up.

"Crews that spent more than 80,000 in total", "what does a repair cost on average", "… together
with this average".
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import MAIN, Ref, Term, Wanted
from kpi_nlsql.grammar.scanner import Scanner

ADVERBS = {
    "on average": "avg", "in total": "sum", "overall": "sum", "altogether": "sum",
}  # fmt: skip
_POINTING = frozenset({"this", "that", "these", "those"})
_AHEAD = 3
_BEHIND = 2


def read(scan: Scanner) -> bool:
    """Consume an adverb; what it belongs to may follow, and is looked for at the end."""
    function = ADVERBS.get(scan.item.text)
    after = scan.skip(scan.position + 1)
    if function is None or scan.role(after) == "column":
        return _again(scan)
    scan.adverbs.append((scan.position, function))
    scan.position += 1
    return True


def _again(scan: Scanner) -> bool:
    # "… on average more than 50 minutes, together with this average"
    function = scan.item.argument("aggregate")
    told = scan.at(scan.position - 1).text in _POINTING and scan.adverbs
    if not function or not told or scan.role(scan.position + 1) == "column":
        return False
    scan.adverbs.append((scan.position, f"this {function}"))
    scan.position += 1
    return True


def complete(scan: Scanner) -> None:
    """Sum up what each adverb belongs to; one without anything stays unread."""
    for position, function in scan.adverbs:
        if function.startswith("this "):
            _show(scan, position, function.removeprefix("this "))
        elif _sum_up(scan, position, function):
            scan.take(position)


def _sum_up(scan: Scanner, position: int, function: str) -> bool:
    ahead = [t for t in _compared(scan) if 0 < t.position - position <= _AHEAD]
    if ahead:
        return _compare(scan, ahead[0], function)
    ranked = scan.draft.sorting[-1] if scan.draft.sorting else None
    if ranked and ranked.ref and not ranked.function and position - ranked.position <= _AHEAD:
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
    """Return the comparisons of an amount with a number, not of a sum."""
    return [
        term
        for term in scan.draft.terms
        if term.kind in {"compare", "between"} and term.against == "value" and term.scope == MAIN
        if term.function is None and term.ref is not None and scan.measures(term.ref)
    ]


def _of_groups(scan: Scanner, term: Term) -> bool:
    """Tell whether something is asked for that may have several of the rows compared."""
    assert term.ref is not None
    table = term.ref.hits[0].table
    functions = [wanted.function for wanted in scan.draft.wanted if wanted.function]
    wanted = [each for each in scan.draft.wanted if not each.function]
    if functions and not wanted:
        return False
    shown = [each.ref for each in wanted if each.ref and each.ref.hits]
    if shown:
        return not any(_identifies(scan, ref, table) for ref in shown)
    return scan.entity() not in {table, None} or _spoken_by_value(scan, table)


def _spoken_by_value(scan: Scanner, table: str) -> bool:
    # "payers with more than 1,000 in invoices": who pays is a column of the invoices.
    first = scan.draft.entities[0] if scan.draft.entities else None
    if first is None or first[1] != table or scan.role(first[0]) != "column":
        return False
    return not _identifies(scan, scan.ref(first[0]), table)


def _identifies(scan: Scanner, ref: Ref, table: str) -> bool:
    best = ref.hits[0]
    rows = scan.sentence.graph.table(table)
    return best.table == table and rows.variety(scan.column_of(best)) == 1


def _compare(scan: Scanner, term: Term, function: str) -> bool:
    term.function = function
    assert term.ref is not None
    table = term.ref.hits[0].table
    # "on average more than 50 minutes per task": each row of the table is a task.
    dropped = {group.position for group in scan.draft.groups if group.table == table}
    scan.draft.groups = [g for g in scan.draft.groups if g.position not in dropped]
    scan.draft.entities = [e for e in scan.draft.entities if e[0] not in dropped]
    scan.draft.wanted = [w for w in scan.draft.wanted if not {w.position, w.position + 1} & dropped]
    _show_subject(scan, table)
    return True


def _show_subject(scan: Scanner, table: str) -> None:
    # "attendants who spent …" in a table of tasks: a column, of which each has several rows.
    first = scan.draft.entities[0] if scan.draft.entities else None
    if first is None or first[1] != table or scan.role(first[0]) != "column":
        return
    if not any(wanted.function is None for wanted in scan.draft.wanted):
        scan.draft.wanted.insert(0, Wanted(first[0], scan.ref(first[0])))


def _show(scan: Scanner, position: int, function: str) -> None:
    for term in scan.draft.terms:
        if term.function == function and term.ref is not None:
            scan.draft.wanted.append(Wanted(position, replace(term.ref), function))
            scan.take(position)
            return
