"""Happenings: whose date is meant by a period that no verb of time leads to.

A bare period tells when something was done. "How many visits did each clinic have in 2025?" speaks
of the visits, whenever the clinics were opened, and "vets who have not seen a patient since May"
of what lies between the two: nobody asks for the patients' birthdays.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import MAIN, Group, Ref
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.grammar.asking import how_much
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.schema.graph import Column

_LIFE = frozenset(
    stem(word)
    for word in (  # noqa: SIM905
        "birth born dob hire hired open opened opening register registered registration signup "
        "join joined founded established launch launched built construction commissioned "
        "enrolled since death died retired expiry expiration "
        "close closed closing"
    ).split()
)
"""What dates are called of which each row has one for good, whatever it does later."""


def rows_in_time(scan: Scanner) -> str | None:
    """Return the table whose rows are told to lie in the period at the present position."""
    near = scan.last_table() or scan.entity()
    counted = _counted(scan, near)
    if near is None or counted is not None:
        return counted
    return _met_on_the_way(scan, near) or _dated_parent(scan, near) or near


def _dated_parent(scan: Scanner, near: str) -> str | None:
    """Return the rows that tell when those without a date were: the shift of an assignment.

    When the employee assigned was hired says nothing of it.
    """
    graph, paths = scan.sentence.graph, scan.sentence.paths
    if dates(scan, near):
        return None
    parents = {join.right_table for join in graph.joins_from(near) if paths.to_one(join, graph)}
    told = [t for t in parents if dates(scan, t) and not has_for_life(scan, t)]
    return told[0] if len(told) == 1 else None


def _counted(scan: Scanner, near: str | None) -> str | None:
    """Return the rows that are counted or summed up for each of those told last."""
    draft = scan.draft
    held = [_grouped_by(group) for group in draft.groups if group.explicit]
    if scan.scope != MAIN or not held or (near is not None and near not in held):
        return None
    for wanted in draft.wanted:
        told = wanted.table or scan.entity()  # "slots per salon this month"
        if wanted.ref is not None:
            told = wanted.ref.near or likely_table(wanted.ref, near)
        if wanted.function and told and told != near and dates(scan, told):
            return told
    money = how_much.money_of_rows(scan) if how_much.asks_total(scan) else None
    return money.near if money is not None and dates(scan, str(money.near)) else None


def _grouped_by(group: Group) -> str | None:
    return group.table or (group.ref.hits[0].table if group.ref and group.ref.hits else None)


def _met_on_the_way(scan: Scanner, near: str) -> str | None:
    """Return the rows that tie those asked for to others, which have no date but one for life."""
    entity = scan.entity()
    if entity is None or entity == near or scan.scope == MAIN:
        return None
    if not has_for_life(scan, near):
        return None
    path = scan.sentence.paths.path(entity, near)
    way = [join.right_table for join in path[1]][:-1] if path else []
    return next((passed for passed in way if dates(scan, passed)), None)


def likely_table(ref: Ref, near: str | None) -> str | None:
    """Return the table whose column is most likely meant: of several as likely, the near one."""
    best = [hit.table for hit in ref.hits if hit.score >= ref.hits[0].score]
    return near if near in best else next(iter(best), None)


def has_for_life(scan: Scanner, table: str) -> bool:
    """Tell whether all dates of the rows are such as each row has one of for good."""
    return all(_is_for_life(column) for column in dates(scan, table))


def dates(scan: Scanner, table: str) -> list[Column]:
    """Return the dates that the rows of a table have."""
    return [column for column in scan.sentence.graph.table(table).columns if column.dated]


def _is_for_life(column: Column) -> bool:
    return any(_LIFE & set(stems(name)) for name in (column.name, *column.display_names))
