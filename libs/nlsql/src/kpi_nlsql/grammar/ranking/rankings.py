"""Rankings: "top 3 hosts by total backup size", "five busiest … by number of …"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Group, Ref, Sorting, Wanted
from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.asking.aggregates import function_at
from kpi_nlsql.grammar.conditions import totals
from kpi_nlsql.grammar.scanner import Scanner

_FURTHEST = 6
_WHOLE_NAME = 0.95


def read(scan: Scanner, position: int, descending: bool, limit: int) -> bool:
    """Consume what is ranked, at ``position``, if it stands before "by" and a measure.

    What describes either, "top 5 private guests by number of cancelled stays", is read by itself.
    """
    ranked = scan.head(position)
    by = _by(scan, ranked)
    if by is None or not _is_ranked(scan, ranked) or scan.in_where:
        return False
    measured = scan.skip(by + 1)
    counts = scan.at(measured).is_cue("count")
    if limit == 1 and not counts and _extreme_of_groups(scan, ranked, measured):
        return False
    if scan.draft.wanted and function_at(scan, measured) not in {"sum", "avg"}:
        return False
    if not counts and (total := totals.total_of(scan, measured)) is not None:
        _rank(scan, ranked, total, Sorting(measured, function="sum", descending=descending))
        return _end(scan, {*range(scan.position, ranked + 1), *range(by, measured + 2)}, limit)
    function = "count" if counts else function_at(scan, measured) or _end_of(scan, ranked, measured)
    measure = scan.head(measured if function is None else scan.skip(measured + 1))
    if scan.role(measure) == "table" and scan.role(measure + 1) == "column" and not counts:
        measure += 1
    if scan.role(measure) != ("table" if counts else "column"):
        return False
    if not (counts or function) and _tells_kinds(scan, ranked, measure):
        return False
    sorting = Sorting(measure, None, function, None, descending)
    if not counts and not _measures(scan, ranked, measure, sorting):
        return False
    sorting.table = scan.table(measure) if counts else None
    _rank(scan, ranked, sorting.ref, sorting)
    return _end(scan, {*range(scan.position, ranked + 1), *range(by, measure + 1)}, limit)


def _tells_kinds(scan: Scanner, amount: int, kinds: int) -> bool:
    """Tell whether "by" leads to kinds for each of which an extreme is asked: "weight by mode"."""
    told = scan.ref(amount) if scan.role(amount) == "column" else None
    if told is None or not (scan.measures(told) or scan.is_dated(told.hits[0])):
        return False
    column = scan.column_of(scan.ref(kinds).hits[0])
    return column.family == "text" and not column.measures and not column.dated


def _is_ranked(scan: Scanner, position: int) -> bool:
    tables = {value.table for value in scan.at(position).values}
    return scan.role(position) in {"column", "table"} or (
        _is_kind(scan, position) and len(tables) == 1
    )


def _extreme_of_groups(scan: Scanner, ranked: int, measured: int) -> bool:
    """Tell whether an amount is asked for of each group: "the highest credit limit by country"."""
    if scan.role(ranked) != "column" or scan.role(measured) != "column":
        return False
    told = scan.at(scan.position).text.removeprefix("the ") != "top"
    return told and scan.measures(scan.ref(ranked)) and not scan.measures(scan.ref(measured))


def _end_of(scan: Scanner, ranked: int, measured: int) -> str | None:
    """Return the function "by highest salary" speaks of, where values rather than rows have one."""
    end = scan.at(measured).argument("superlative")
    return {"high": "max", "low": "min"}.get(end) if scan.role(ranked) == "column" else None


def _by(scan: Scanner, ranked: int) -> int | None:
    """Return where "by" leads from what is ranked to its measure: "top 3 guests in May by …"."""
    for at in range(ranked + 1, min(ranked + 1 + _FURTHEST, len(scan.items))):
        if scan.at(at).text == "by":
            return at
        if scan.at(at).kind == "mark":
            return None
    return None


def _measures(scan: Scanner, ranked: int, measure: int, sorting: Sorting) -> bool:
    """Sort by the column named at ``measure``, if it is more than what each row ranked has."""
    subject = sorting.ref = scan.ref(measure)
    if scan.participle(measure - 1) and not _of_rows(scan, subject):
        subject.near = None  # "by ordered quantity" is no column of the orders
    if sorting.function is None and scan.role(ranked) == "table":
        if not _of_others(scan, measure, scan.table(ranked)):
            return False
        sorting.function = "sum"
    if sorting.function == "sum":
        sorting.ref = totals.summable(scan, subject)
    sorting.summed = sorting.function is None and scan.adds_up(subject.hits[0])
    return True


def _end(scan: Scanner, told: set[int], limit: int) -> bool:
    """Account for what was told, and go on with what describes it."""
    told = {at for at in told if scan.role(at) != "value"}
    scan.draft.limit = limit
    scan.take(*told)
    scan.skipped |= told
    scan.position += 1
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


def _rank(scan: Scanner, position: int, subject: Ref | None, sorting: Sorting) -> None:
    """Group by what is ranked, and sort by the aggregate over the subject, or by it alone."""
    draft = scan.draft
    sorting.ref = subject
    owner = sorting.table or (subject.near if subject else None)
    key = _values_ranked(scan, position, subject)
    if key is not None:
        key.near = key.near or owner
        draft.wanted.append(Wanted(position, key))
        draft.groups += [Group(position, key)] if sorting.function else []
    else:
        table = _table_ranked(scan, position)
        draft.groups.append(Group(position, table=table))
        draft.entities.append((position, table))
    if sorting.table is not None:
        draft.entities.append((sorting.position, sorting.table))
    draft.sorting.append(sorting)
    if sorting.function is not None:
        shown = Wanted(sorting.position, subject, sorting.function, table=sorting.table)
        draft.wanted.append(shown)


def _table_ranked(scan: Scanner, position: int) -> str:
    # "top 3 haul trucks by total litres": the rows of a kind that a value tells
    return scan.at(position).values[0].table if _is_kind(scan, position) else scan.table(position)


def _is_kind(scan: Scanner, position: int) -> bool:
    return scan.role(position) == "value"


def _values_ranked(scan: Scanner, position: int, subject: Ref | None) -> Ref | None:
    """Return the column whose values are ranked: "top 3 channels", "top 3 agencies" of the staff.

    A noun that is but part of the name of the rows added up is what many of them have.
    """
    if scan.role(position) == "column":
        return scan.ref(position)
    if _is_kind(scan, position) or subject is None or scan.at(position).best_table() >= _WHOLE_NAME:
        return None
    table = scan.sentence.graph.table(scan.table(position))
    shared = [
        hit
        for hit in scan.at(position).column_hits()
        if hit.table == table.name and table.variety(scan.column_of(hit)) != 1
    ]
    own = bool(shared) and any(hit.table == table.name for hit in subject.hits[:1])
    return Ref(position, (shared[0],), table.name) if own else None
