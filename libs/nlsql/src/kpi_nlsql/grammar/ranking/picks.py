"""Picks: "the newest lease of each unit" — of the rows of every group, those that come first."""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import Group, Pick, Ref, Sorting, Wanted
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit

_FARTHEST = 3
_OPENING = 3
_EACH = ("each", "every", "per")


def complete(scan: Scanner) -> None:
    """Make a superlative beside "of each …" one that picks rows from every group."""
    draft = scan.draft
    sorting = _superlative(scan) or _latest_with_more(scan)
    told = [group for group in draft.groups if _is_told(scan, group)]
    if sorting is None or not told or len(told) < len(draft.groups):
        return
    assert sorting.ref is not None
    table = _rows(scan, sorting)
    if table is None or _extreme_asked(scan, sorting, table):
        return
    keys = tuple(_hits(scan, group) for group in told)
    draft.pick = Pick(sorting.ref, table, keys, sorting.descending, draft.limit or 1)
    sorting.ref.near = table
    draft.sorting, draft.limit = [], None
    for wanted in draft.wanted:
        if wanted.ref is not None and any(hit.table == table for hit in wanted.ref.hits):
            wanted.ref.near = table
    _show(scan, table, told, sorting.position)


def _superlative(scan: Scanner) -> Sorting | None:
    """Return the one sort key if the sentence asks for rows that come first by a column."""
    draft = scan.draft
    if len(draft.sorting) != 1 or draft.limit is None:
        return None
    sorting = draft.sorting[0]
    aggregated = any(wanted.function for wanted in draft.wanted)
    aggregated = aggregated or any(term.kind == "count" or term.function for term in draft.terms)
    return None if sorting.function or sorting.ref is None or aggregated else sorting


def _latest_with_more(scan: Scanner) -> Sorting | None:
    """Return what rows are picked by where more of the same row is asked for.

    "For each meter, the latest reading date and the value on that date": not the latest date
    for each value.
    """
    draft = scan.draft
    extremes = [w for w in draft.wanted if w.function in {"max", "min"} and w.ref is not None]
    if len(extremes) != 1 or draft.sorting or not any(_is_told(scan, g) for g in draft.groups):
        return None
    latest = extremes[0]
    named = {hit for group in draft.groups if group.ref for hit in group.ref.hits}
    rest = [w for w in draft.wanted if w is not latest and not named & set(_best(w))]
    same = [w for w in rest if w.function is None and _tables(w) & _tables(latest)]
    if latest.ref is None or not rest or len(same) < len(rest) or not _dated(scan, latest):
        return None
    descending, latest.function = latest.function == "max", None
    draft.limit = 1
    return Sorting(latest.position, replace(latest.ref), None, None, descending)


def _best(wanted: Wanted) -> tuple[NameHit, ...]:
    return wanted.ref.hits[:1] if wanted.ref is not None else ()


def _tables(wanted: Wanted) -> set[str]:
    return {hit.table for hit in _best(wanted)}


def _dated(scan: Scanner, wanted: Wanted) -> bool:
    return any(scan.is_dated(hit) for hit in _best(wanted))


def _extreme_asked(scan: Scanner, sorting: Sorting, table: str) -> bool:
    # "How old is the youngest person for each job?" asks for the least age of each.
    draft, measure = scan.draft, sorting.ref
    refs = [wanted.ref for wanted in draft.wanted]
    if len(refs) != 1 or refs[0] is None or measure is None:
        return False
    own = [
        next((hit for hit in ref.hits if hit.table == table), None) for ref in (refs[0], measure)
    ]
    same = own[0] is not None and own[1] is not None and own[0].column == own[1].column
    if refs[0].hits[:1] != measure.hits[:1] and not same:
        return False
    draft.wanted[0].function = "max" if sorting.descending else "min"
    draft.sorting, draft.limit = [], None
    return True


def _is_told(scan: Scanner, group: Group) -> bool:
    before = range(group.position - 1, max(group.position - 4, -1), -1)
    each = any(scan.at(at).last_word in _EACH for at in before)
    return each and group.period is None and group.explicit


def _rows(scan: Scanner, sorting: Sorting) -> str | None:
    """Return the table of the rows picked: the noun's, else that of what is asked for of them."""
    assert sorting.ref is not None
    grouped = {group.table for group in scan.draft.groups}
    nouns = [table for _, table in scan.draft.entities if table not in grouped]
    shown = [wanted.ref for wanted in scan.draft.wanted if wanted.ref is not None]
    owned = [ref.near or ref.hits[0].table for ref in shown if ref.hits]
    options = [*nouns, sorting.ref.near, *owned]
    return next((table for table in options if table and table not in grouped), None)


def _hits(scan: Scanner, group: Group) -> tuple[NameHit, ...]:
    return group.ref.hits if group.ref is not None else scan.at(group.position).hits


def _show(scan: Scanner, table: str, groups: list[Group], start: int) -> None:
    """Whole rows where nothing of them is named, else what they are picked for and what is."""
    draft = scan.draft
    if not draft.wanted:
        draft.groups = []
        draft.whole_rows = True
        draft.entities = [entry for entry in draft.entities if entry[1] == table] or [(0, table)]
        return
    opened = any(group.position < _OPENING for group in groups)  # "For each vendor, the date of …"
    named = any(scan.mentions(at, table) for at in range(start + 1, start + 1 + _FARTHEST))
    if named and not opened:
        draft.groups = []
        return
    for group in groups:
        if group.ref is not None:
            group.ref.near = table
        elif held := _own(scan, group, table):
            group.ref, group.table = held, None
    shown = {hit for wanted in draft.wanted if wanted.ref for hit in wanted.ref.hits[:1]}
    draft.groups = [
        group for group in groups if not (group.ref and set(group.ref.hits[:1]) & shown)
    ]


def _own(scan: Scanner, group: Group, table: str) -> Ref | None:
    """Return the column by which the rows picked tell what they are picked for, if it is named."""
    held = [hit for hit in scan.at(group.position).column_hits() if hit.table == table]
    named = group.table is not None and any(w.table == group.table for w in scan.draft.wanted)
    return Ref(group.position, tuple(held[:1]), table) if held and not named else None
