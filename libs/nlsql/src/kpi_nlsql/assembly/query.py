"""Assembly: a resolved draft becomes a query — tables joined, rows filtered, grouped and sorted."""

from __future__ import annotations

from kpi_nlsql.assembly.alternatives import alternatives
from kpi_nlsql.assembly.contradictions import separate
from kpi_nlsql.assembly.filters import where_conditions
from kpi_nlsql.assembly.frame import ROWS, Frame
from kpi_nlsql.assembly.groups import group_keys, shared_values
from kpi_nlsql.assembly.joining import join_step, outer_tables
from kpi_nlsql.assembly.nested import nested_condition, split_terms
from kpi_nlsql.assembly.outputs import lists_values, shown_outputs, sort_key
from kpi_nlsql.assembly.picks import picked
from kpi_nlsql.assembly.totals import add_up
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Join


def assemble(frame: Frame) -> plan.Query:
    """Return the query. Raises Unreadable."""
    either = alternatives(frame)
    separate(frame.draft, frame.graph, frame.paths)
    add_up(frame)
    groups = frame.draft.groups
    shown, distinct = shown_outputs(frame, groups)
    order = tuple(sort_key(sorting) for sorting in frame.draft.sorting)
    keys = group_keys(frame, groups, shown)
    having, row_terms, nested = split_terms(frame)
    tables = outer_tables(frame, groups)
    joins = frame.tree(frame.entity, tables)
    inside = {frame.entity, *(join.right_table for join in joins)}
    where, more = where_conditions(frame, row_terms, inside)
    where += [nested_condition(frame, scope, terms, shown) for scope, terms in nested.items()]
    where += either
    if not joins:
        where += shared_values(frame, keys, having)
    if frame.draft.pick is not None:
        where.append(picked(frame, frame.draft.pick, row_terms))
    joins = (*joins, *more)
    if having and keys == () and frame.counts_values():
        return _counted(frame, shown, joins, where, having)
    return plan.Query(
        outputs=tuple(shown),
        source=plan.Source(frame.entity, frame.entity),
        joins=tuple(join_step(frame, join) for join in joins),
        where=plan.all_of(where),
        group=keys,
        having=plan.all_of(having),
        order=order,
        limit=frame.draft.limit,
        distinct=(distinct or frame.shared or lists_values(frame, shown, where)) and not keys,
    )


def _counted(
    frame: Frame,
    outputs: list[plan.Output],
    joins: tuple[Join, ...],
    where: list[plan.Condition],
    having: list[plan.Condition],
) -> plan.Query:
    total = outputs[0].expression
    assert isinstance(total, plan.Aggregate)
    inner = plan.Query(
        outputs=(plan.Output(total.argument),),
        source=plan.Source(frame.entity, frame.entity),
        joins=tuple(join_step(frame, join) for join in joins),
        where=plan.all_of(where),
        group=(total.argument,),
        having=plan.all_of(having),
    )
    return plan.Query((plan.Output(ROWS, "count"),), plan.Source(frame.entity, "g", inner))
