"""The most common: "the most frequent status", and how many of those in front are asked for."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Group, Sorting, Wanted
from kpi_nlsql.grammar.asking.counting import counted
from kpi_nlsql.grammar.ranking.best_inside import inside
from kpi_nlsql.grammar.scanner import Scanner


def common(scan: Scanner) -> bool:
    """Consume "the most common" and what it is said of."""
    descending = scan.item.argument("common") == "most"
    start = scan.position
    if scan.at(start + 1).text == "first" and (scan.draft.groups or scan.draft.wanted):
        scan.draft.sorting.append(Sorting(start, None, "count", None, descending))
        scan.take(start, start + 1)
        scan.position += 2  # "breeds with at least 10 patients, most common first"
        return True
    limit = limit_beside(scan)
    position, _ = counted(scan, start + 1)
    if scan.at(position).number is not None:
        position += 1
    scan.take(start)
    scan.position = start + 1
    if scan.modifies(position):
        scan.take(position)
        position += 1  # "the most common order status" is one of statuses
    role = scan.role(position)
    if role == "column" or (role == "table" and not scan.in_where):
        _group_by(scan, position)
    elif scan.draft.wanted and scan.draft.wanted[-1].ref:
        scan.draft.groups.append(Group(start, scan.draft.wanted[-1].ref))
    sort(scan, Sorting(start, None, "count", None, descending), limit)
    return True


def _group_by(scan: Scanner, position: int) -> None:
    """Consume the noun whose most common ones are meant; in a clause it is not asked for, too."""
    if scan.role(position) == "table":
        table = scan.table(position)
        scan.draft.groups.append(Group(position, table=table))
        scan.draft.entities.append((position, table))
    else:
        ref = scan.ref(position)
        scan.draft.groups.append(Group(position, ref))
        scan.draft.wanted += [] if scan.in_where else [Wanted(position, ref)]
    scan.take(position)
    scan.position = position + 1


def limit_beside(scan: Scanner) -> int:
    """Return the number that stands beside the superlative: "top 3", "3 youngest"; 1 without."""
    for index in (scan.position + 1, scan.position - 1):
        number = scan.at(index).number
        names = index < scan.position and scan.role(index - 1) in {"table", "column"}
        if isinstance(number, int) and 0 < number < 1000 and not names:  # "customer 5 last …"
            scan.take(index)
            return number
    if scan.draft.limit is not None and not scan.draft.sorting:
        # "the top 5 parts with the highest price": what they are the top of is told now
        scan.draft.notes.pop("unmeasured", None)
        return scan.draft.limit
    return scan.limit or 1


def sort(scan: Scanner, sorting: Sorting, limit: int) -> None:
    """Put rows in this order, of which so many are asked for."""
    if (term := inside(scan, sorting, limit)) is not None:
        scan.add(term)
        return
    scan.draft.sorting.append(sorting)
    scan.draft.limit = limit
