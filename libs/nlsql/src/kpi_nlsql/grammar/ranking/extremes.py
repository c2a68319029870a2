"""Extremes: "the earliest and the latest date", "largest total first"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Sorting
from kpi_nlsql.grammar.asking import function_lists
from kpi_nlsql.grammar.scanner import Scanner

_ENDS = frozenset({"high", "low"})
_ENDS_OF = {"most": "high", "fewest": "low"}
_BEGINNING = frozenset({"starting with", "beginning with", "starts with", "begins with"})
_FARTHEST_FIRST = 4


def read(scan: Scanner) -> bool:
    """Consume one of these."""
    return function_lists.read(scan) or _comes_first(scan) or _begins(scan)


def _end(scan: Scanner, position: int) -> str | None:
    item = scan.at(position)
    end = item.argument("superlative")
    return end if end in _ENDS else {"max": "high", "min": "low"}.get(item.argument("aggregate"))


def _comes_first(scan: Scanner) -> bool:
    # "…, highest balance first" and "largest total first" tell the order.
    end = _end(scan, scan.position)
    last = next(
        (
            index
            for index in range(scan.position + 1, scan.position + _FARTHEST_FIRST)
            if scan.at(index).text == "first"
        ),
        None,
    )
    opened = scan.at(scan.position - 1).kind == "mark" or scan.at(scan.position - 1).text == "with"
    if end is None or last is None or not opened:
        return False
    named = [i for i in range(scan.position + 1, last) if scan.role(i) == "column"]
    sorting = _measure(scan, named[0] if named else None)
    if sorting is None:
        return False
    sorting.descending = end == "high"
    scan.draft.sorting.append(sorting)
    scan.take(*range(scan.position, last + 1))
    scan.position = last + 1
    return True


def _begins(scan: Scanner) -> bool:
    # "…, starting with the largest", "with the most frequent status at the top"
    if not (scan.draft.wanted or scan.draft.sorting):
        return False
    last: int | None
    if scan.item.text in _BEGINNING:
        end, last = _end(scan, scan.position + 1), scan.position + 1
    else:
        end = _end(scan, scan.position) or _ENDS_OF.get(scan.item.argument("common"))
        last = _top(scan) if end is not None else None
    if end is None or last is None:
        return False
    sorting = scan.draft.sorting[-1] if scan.draft.sorting else _measure(scan, None)
    if sorting is None:
        return False
    sorting.descending = end == "high"
    scan.draft.sorting = [sorting]
    scan.take(*range(scan.position, last + 1))
    scan.position = last + 1
    return True


def _top(scan: Scanner) -> int | None:
    """Return where "at the top" ends that follows what comes first."""
    ahead = range(scan.position + 1, scan.position + 1 + _FARTHEST_FIRST + 1)
    return next((at for at in ahead if _at_the_top(scan, at)), None)


def _at_the_top(scan: Scanner, position: int) -> bool:
    before = {scan.at(position - 1).text, scan.at(position - 2).text}
    return scan.at(position).text in {"top", "the top"} and bool(before & {"at", "on"})


def _measure(scan: Scanner, column: int | None) -> Sorting | None:
    """Return the sort key: the output that is called so, else the last amount asked for."""
    shown = [wanted for wanted in scan.draft.wanted if wanted.ref or wanted.function]
    if column is not None:
        names = {(hit.table, hit.column) for hit in scan.ref(column).hits}
        shown = [
            wanted
            for wanted in shown
            if wanted.ref and names & {(hit.table, hit.column) for hit in wanted.ref.hits[:1]}
        ]
        if not shown:
            return Sorting(column, scan.ref(column))
    amounts = [w for w in shown if w.function or (w.ref and scan.measures(w.ref))]
    if not amounts:
        return None
    last = amounts[-1]
    return Sorting(scan.position, last.ref, last.function, last.table)
