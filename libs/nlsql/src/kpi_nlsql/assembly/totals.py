"""Totals: an amount of which every row shown has several is added up before rows are ranked."""

from __future__ import annotations

from kpi_nlsql.assembly.frame import Frame
from kpi_nlsql.drafting.draft import MAIN, Group, Sorting, Term
from kpi_nlsql.schema.amounts import adds_up

_TOTAL = frozenset({"total", "overal", "altogeth", "combin", "sum"})


def add_up(frame: Frame) -> None:
    """Make sort keys and what is compared sums where the sentence shows, or means, a sum."""
    for term in frame.draft.terms:
        if term.summed and term.scope == MAIN and term.function is None:
            term.function = "sum" if _has_several(frame, term) else None
    for sorting in frame.draft.sorting:
        if sorting.ref is None or sorting.ref.choice is None:
            continue
        if sorting.function is not None:
            if sorting.function in {"sum", "avg"} and _rows(frame) != sorting.ref.choice[0]:
                _group(frame, sorting)
            continue
        if (function := _shown(frame, sorting)) is not None:
            sorting.function = function
        elif _means_sum(frame, sorting):
            sorting.function = "sum"
        else:
            continue
        _group(frame, sorting)
    _show_sums(frame)


def _has_several(frame: Frame, term: Term) -> bool:
    """Tell whether what is asked for may have several amounts: "beers with more than 90 kegs"."""
    if term.ref is None or term.ref.choice is None or term.negated:
        return False
    table, name = term.ref.chosen
    if not adds_up(frame.graph.table(table).column(name)):
        return False
    rows = _rows(frame)
    if rows is None or rows == table:
        return _repeated(frame, table)
    path = frame.paths.path(rows, table)
    return path is not None and frame.multiplies(path[1])


def _repeated(frame: Frame, table: str) -> bool:
    # "brewers with more than 900 litres" stand in several batches.
    plain = [w.ref.chosen for w in frame.draft.wanted if w.ref and w.ref.choice and not w.function]
    if len(plain) != 1:
        return False
    if plain[0][0] != table:  # "cities with a total order amount above 1000"
        path = frame.paths.path(plain[0][0], table)
        return path is not None and frame.multiplies(path[1])
    column = frame.graph.table(table).column(plain[0][1])
    variety = frame.graph.table(table).variety(column)
    several = variety is not None and variety < 1
    return column.family == "text" and (several or (variety is None and bool(column.values)))


def _show_sums(frame: Frame) -> None:
    # "the restaurants with the highest total refunds, name and refunded amount"
    terms = [term for term in frame.compared() if term.kind == "compare"]
    told: list[Sorting | Term] = [*frame.draft.sorting, *terms]
    summed = {each.ref.choice: each.function for each in told if each.ref and each.function}
    for wanted in frame.draft.wanted:
        if wanted.function is None and wanted.ref is not None and (frame.draft.groups or terms):
            function = summed.get(wanted.ref.choice)
            wanted.function = function if function in {"sum", "avg"} else None


def _shown(frame: Frame, sorting: Sorting) -> str | None:
    """Return the aggregate of the sort key's column that is shown for each of several rows."""
    wanted = frame.draft.wanted
    assert sorting.ref is not None
    functions = [
        w.function for w in wanted if w.function and w.ref and w.ref.choice == sorting.ref.choice
    ]
    several = any(not w.function for w in wanted) or frame.draft.groups
    return functions[0] if functions and several else None


def _means_sum(frame: Frame, sorting: Sorting) -> bool:
    # "customers with the most miles", "… with the highest total amount" of their orders
    assert sorting.ref is not None
    if not sorting.summed and not (frame.draft.limit and frame.spoken & _TOTAL):
        return False
    table, name = sorting.ref.chosen
    rows = _rows(frame)
    if not adds_up(frame.graph.table(table).column(name)):
        return False
    if rows is None or rows == table:
        return sorting.summed and _repeated(frame, table)  # "the five plants with the most stock"
    path = frame.paths.path(rows, table)
    return path is not None and frame.multiplies(path[1])


def _rows(frame: Frame) -> str | None:
    return next((table for _, table in frame.draft.entities), None)


def _group(frame: Frame, sorting: Sorting) -> None:
    """Put the rows together by what is ranked, unless the sentence tells by what."""
    draft, rows = frame.draft, _rows(frame)
    shown = [w.ref for w in draft.wanted if w.ref and w.ref.choice and not w.function]
    if draft.groups:
        return
    assert sorting.ref is not None
    own = {ref.chosen[0] for ref in shown} == {sorting.ref.chosen[0]}
    if own and len(shown) == 1 and _repeated(frame, shown[0].chosen[0]):
        draft.groups = [Group(0, shown[0], explicit=False)]
        return
    if rows is None or (shown and rows not in {ref.chosen[0] for ref in shown}):
        return
    draft.groups = [Group(0, table=rows, explicit=False)]
