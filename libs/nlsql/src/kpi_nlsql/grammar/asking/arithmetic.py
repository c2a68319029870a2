"""Arithmetic: "cash plus card by branch", "sum of seats * unit cost", "total minus paid"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import SIGNS, Formula, Ref, Sign, Wanted
from kpi_nlsql.grammar.asking.aggregates import function_at
from kpi_nlsql.grammar.scanner import Scanner

_DIFFERENCES = frozenset({"difference", "differences", "gap"})
_ALTOGETHER = frozenset({"together", "altogether", "overall"})
_FARTHEST = 7


def read(scan: Scanner) -> bool:
    """Consume two amounts of a row taken together, and the function that is asked of the two."""
    if scan.in_where and not _explains(scan):
        return False
    function = function_at(scan, scan.position)
    start = scan.skip(scan.position + 1) if function else scan.position
    difference = scan.at(start).text.split()[:1]
    between = bool(difference) and difference[0] in _DIFFERENCES and function is not None
    first = scan.skip(start + 1) if between else start
    found = _pair(scan, first, "-" if between else None)
    if found is None:
        return False
    ref, formula, end = found
    _want(scan, first, ref, formula, function)
    scan.take(*range(scan.position, end))
    scan.position = end
    scan.in_where = False
    return True


def _pair(scan: Scanner, position: int, sign: Sign | None) -> tuple[Ref, Formula, int] | None:
    """Return the two columns, what is done with them, and the position behind."""
    second = scan.skip(position + 2)
    told = scan.at(position + 1).text
    sign = sign if sign is not None and told == "and" else SIGNS.get(told)
    columns = scan.role(position) == scan.role(second) == "column"
    if sign is None or not columns:
        return None
    left, right = scan.ref(position), scan.ref(second)
    owned = [hit.table for hit in left.hits if any(o.table == hit.table for o in right.hits)]
    table = next((table for table in owned if table in {left.near, scan.entity()}), None)
    table = table or next(iter(owned), None)
    if table is None or not (_measures(scan, left, table) and _measures(scan, right, table)):
        return None
    left.near = right.near = table
    return left, Formula(sign, right), second + 1


def _measures(scan: Scanner, ref: Ref, table: str) -> bool:
    own = next(hit for hit in ref.hits if hit.table == table)
    return scan.measures(Ref(ref.position, (own,), table))


def _want(scan: Scanner, position: int, ref: Ref, formula: Formula, function: str | None) -> None:
    wanted = scan.draft.wanted
    told = wanted[-1] if wanted else None
    if told is not None and told.function not in {None, "count"} and _explains(scan):
        told.ref, told.formula = ref, formula  # "total cost (seats * unit cost)"
        return
    function = function or _function_before(scan, position) or _function_behind(scan, position)
    wanted.append(Wanted(position, ref, function, formula=formula))


def _explains(scan: Scanner) -> bool:
    """Tell whether this says of what went before how it is worked out: "…, i.e. a plus b"."""
    before = [scan.at(at) for at in range(scan.position - 1, scan.position - 4, -1)]
    return any(item.text[:1] in {"(", ",", ":"} for item in before)


def _function_before(scan: Scanner, position: int) -> str | None:
    # "total takings, cash plus card": nothing else was found to be the total of
    for at in range(position - 1, max(position - _FARTHEST, -1), -1):
        if (function := function_at(scan, at)) in {"sum", "avg"} and at not in scan.draft.used:
            scan.take(at)
            return function
    return None


def _function_behind(scan: Scanner, position: int) -> str | None:
    rest = scan.items[position + 1 :]
    added = any(item.text in _ALTOGETHER or item.text == "in total" for item in rest)
    grouped = any(item.is_cue("group") or item.text == "by" for item in rest)
    return "sum" if added or grouped else None
