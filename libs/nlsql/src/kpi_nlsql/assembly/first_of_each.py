"""The first of each: "the latest price of each article" is one row of every group, not of all."""

from __future__ import annotations

from kpi_nlsql import plan
from kpi_nlsql.assembly.frame import Frame
from kpi_nlsql.draft import Group


def first_of_each(frame: Frame) -> plan.Condition | None:
    """Return what makes a row the first of its group, and take it out of the draft's order.

    None where the sentence asks for nothing of the kind.
    """
    draft = frame.draft
    if draft.limit != 1 or len(draft.sorting) != 1 or frame.aggregated() or not draft.groups:
        return None
    sorting = draft.sorting[0]
    if sorting.function is not None or sorting.ref is None or sorting.ref.choice is None:
        return None
    table, measure = sorting.ref.chosen
    keys = [_key(frame, group, table) for group in draft.groups]
    if any(key is None for key in keys):
        return None
    draft.sorting, draft.limit = [], None
    draft.groups = [group for group in draft.groups if _is_shown(frame, group)]
    frame.entity = table if _rows_asked(frame, table) else frame.entity
    alias = frame.alias(table)
    best = plan.Aggregate("max" if sorting.descending else "min", plan.ColumnRef(alias, measure))
    inner = plan.Query(
        outputs=(plan.Output(best),),
        source=plan.Source(table, alias),
        where=plan.all_of(
            [
                plan.Match(plan.ColumnRef(alias, key), plan.ColumnRef(table, key))
                for key in dict.fromkeys(keys)
                if key is not None
            ]
        ),
    )
    return plan.Compare(plan.ColumnRef(table, measure), "=", inner)


def _key(frame: Frame, group: Group, table: str) -> str | None:
    """Return the column of the table that its rows are put together by."""
    if group.period is not None:
        return None
    if group.ref is not None:
        owner, column = group.ref.choice or ("", "")
        return column if owner == table else None
    joins = frame.graph.joins_between(table, group.table) if group.table else []
    single = [join for join in joins if len(join.left_columns) == 1]
    return single[0].left_columns[0] if single else None


def _is_shown(frame: Frame, group: Group) -> bool:
    # "the price of each article" shows the article, too; "the newest lease of each unit" is a row.
    return bool(frame.draft.wanted) and group.ref is not None


def _rows_asked(frame: Frame, table: str) -> bool:
    """Tell whether whole rows are asked for: those that are the first, not their groups."""
    return not frame.draft.wanted and any(entity == table for _, entity in frame.draft.entities)
