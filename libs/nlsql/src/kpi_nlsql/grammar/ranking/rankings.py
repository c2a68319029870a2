"""Rankings: "top 3 hosts by total backup size", "five busiest … by number of …"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Group, Ref, Sorting, Wanted
from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.asking.aggregates import function_at
from kpi_nlsql.grammar.conditions import totals
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
    if not counts and (total := totals.total_of(scan, measured)) is not None:
        _rank(scan, position, total, Sorting(measured, function="sum", descending=descending))
        return _end(scan, measured + 1, limit)
    function = "count" if counts else function_at(scan, measured)
    measure = measured if function is None else scan.skip(measured + 1)
    if scan.role(measure) == "table" and scan.role(measure + 1) == "column" and not counts:
        scan.take(measure)
        measure += 1
    if scan.role(measure) != ("table" if counts else "column"):
        return False
    if function is None and ranked == "table":
        if not _of_others(scan, measure, scan.table(position)):
            return False
        function = "sum"
    subject = None if counts else scan.ref(measure)
    if subject is not None and scan.participle(measure - 1) and not _of_rows(scan, subject):
        subject.near = None  # "by ordered quantity" is no column of the orders
    if subject is not None and function == "sum":
        subject = totals.summable(scan, subject)
    sorting = Sorting(measure, None, function, None, descending)
    sorting.table = scan.table(measure) if counts else None
    _rank(scan, position, subject, sorting)
    return _end(scan, measure, limit)


def _end(scan: Scanner, last: int, limit: int) -> bool:
    scan.draft.limit = limit
    scan.take(*range(scan.position, last + 1))
    scan.position = last + 1
    return True


def _of_rows(scan: Scanner, subject: Ref) -> bool:
    # "by invoiced amount": the amount of the invoices.
    said = set(stems(scan.at(subject.position).text))
    own = [hit for hit in subject.hits if hit.table == subject.near and scan.adds_up(hit)]
    names = (name for hit in own for name in scan.column_of(hit).display_names)
    return any(said <= set(stems(name)) for name in names)


def _of_others(scan: Scanner, measure: int, ranked: str) -> bool:
    # "top 5 guests by reservation amount" adds up what other rows have.
    hits = totals.summable(scan, scan.ref(measure)).hits
    own = any(hit.table == ranked and hit.score >= hits[0].score for hit in hits)
    return not own and scan.adds_up(hits[0])


def _ahead(scan: Scanner, position: int) -> range:
    return range(position + 1, min(position + 1 + _FURTHEST, len(scan.items)))


def _rank(scan: Scanner, position: int, subject: Ref | None, sorting: Sorting) -> None:
    """Group by what is ranked, and sort by the aggregate over the subject, or by it alone."""
    draft = scan.draft
    sorting.ref = subject
    owner = sorting.table or (subject.near if subject else None)
    if scan.role(position) == "column":
        key = scan.ref(position)
        key.near = key.near or owner
        draft.wanted.append(Wanted(position, key))
        draft.groups += [Group(position, key)] if sorting.function else []
    else:
        draft.groups.append(Group(position, table=scan.table(position)))
        draft.entities.append((position, scan.table(position)))
    if sorting.table is not None:
        draft.entities.append((sorting.position, sorting.table))
    draft.sorting.append(sorting)
