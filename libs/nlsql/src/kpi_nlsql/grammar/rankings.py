"""Rankings: "top 3 hosts by total backup size", "five busiest … by number of …"."""

from __future__ import annotations

from kpi_nlsql.draft import Group, Sorting, Wanted
from kpi_nlsql.grammar.aggregates import function_at
from kpi_nlsql.grammar.scanner import Scanner

_FURTHEST = 3


def read(scan: Scanner, position: int, descending: bool, limit: int) -> bool:
    """Consume what is ranked, at ``position``, if it stands before "by" and an aggregate."""
    by = next((at for at in _ahead(scan, position) if scan.at(at).text == "by"), None)
    ranked = scan.role(position)
    if by is None or ranked not in {"column", "table"} or scan.in_where or scan.draft.wanted:
        return False
    measured = scan.skip(by + 1)
    counts = scan.at(measured).is_cue("count")
    function = "count" if counts else function_at(scan, measured)
    if function is None and ranked != "column":
        return False
    measure = measured if function is None else scan.skip(measured + 1)
    if scan.role(measure) == "table" and scan.role(measure + 1) == "column" and not counts:
        scan.take(measure)
        measure += 1
    if scan.role(measure) != ("table" if counts else "column"):
        return False
    _rank(scan, position, function, measure, Sorting(measure, descending=descending))
    scan.draft.limit = limit
    scan.take(*range(scan.position, measure + 1))
    scan.position = measure + 1
    return True


def _ahead(scan: Scanner, position: int) -> range:
    return range(position + 1, min(position + 1 + _FURTHEST, len(scan.items)))


def _rank(
    scan: Scanner, position: int, function: str | None, measure: int, sorting: Sorting
) -> None:
    """Group by what is ranked, and sort by the aggregate over the measure if there is one."""
    draft = scan.draft
    ref = scan.ref(measure) if function != "count" else None
    table = scan.table(measure) if ref is None else None
    sorting.ref, sorting.function, sorting.table = ref, function, table
    if scan.role(position) == "column":
        key = scan.ref(position)
        key.near = key.near or table or (ref.near if ref else None)
        draft.wanted.append(Wanted(position, key))
        draft.groups += [Group(position, key)] if function else []
    else:
        draft.groups.append(Group(position, table=scan.table(position)))
        draft.entities.append((position, scan.table(position)))
    if table is not None:
        draft.entities.append((measure, table))
    draft.sorting.append(sorting)
