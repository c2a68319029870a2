"""Own keys: rows that are put together by a number they have themselves need no other table.

"the vehicle number and the total cost of the vehicles whose work orders add up to more than 900"
are told by the work orders alone, also for a vehicle that no register knows.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import everything, rewritten, sources
from kpi_nlsql.schema.graph import Graph


def with_own_keys(query: plan.Query, graph: Graph) -> plan.Query:
    """Return a grouped query without the table of whose rows only the key is shown."""
    match = _only_match(query)
    counted = any(isinstance(output.expression, plan.Aggregate) for output in query.outputs)
    if match is None or not (query.group and counted) or _is_named_again(query):
        return query
    for parent, child in ((match.left, match.right), (match.right, match.left)):
        if _is_idle(query, parent, child, graph):
            return _without(query, parent, child, graph)
    return query


def _only_match(query: plan.Query) -> plan.Match | None:
    """Return how the two tables of the query meet, if it has two and they meet on one column."""
    step = query.joins[0] if len(query.joins) == 1 else None
    if step is None or step.outer or len(step.on) != 1 or query.source.query or step.source.query:
        return None
    match = step.on[0]
    plain = isinstance(match, plan.Match) and match.normalisation == plan.AS_THEY_ARE
    return match if isinstance(match, plan.Match) and plain else None


def _is_named_again(query: plan.Query) -> bool:
    return len({source.alias for source in sources(query)}) < len(sources(query))


def _is_idle(
    query: plan.Query, parent: plan.ColumnRef, child: plan.ColumnRef, graph: Graph
) -> bool:
    """Tell whether nothing but its key is told of a table, whose rows others refer to."""
    tables = {source.alias: source.table for source in sources(query)}
    key = graph.table(tables[parent.source]).column(parent.column)
    refers = graph.table(tables[child.source]).column(child.column)
    declared = (tables[child.source], child.column) in graph.references
    if declared or not key.unique or refers.unique or parent not in query.group:
        return False
    told = [part for part in everything(query) if isinstance(part, plan.ColumnRef | plan.Star)]
    of_parent = [part for part in told if part.source in {parent.source, None}]
    return all(part == parent or part == plan.Star() for part in of_parent)


def _without(
    query: plan.Query, parent: plan.ColumnRef, child: plan.ColumnRef, graph: Graph
) -> plan.Query:
    rows = next(source for source in sources(query) if source.alias == child.source)
    alone = replace(query, source=rows, joins=())
    told: plan.Query = rewritten(alone, partial(_own, parent, child))
    if not graph.table(rows.table).column(child.column).nullable:
        return told
    known = plan.Not(plan.IsNull(child))
    return replace(told, where=plan.all_of([*plan.conjuncts(told.where), known]))


def _own(parent: plan.ColumnRef, child: plan.ColumnRef, part: Any) -> plan.ColumnRef | None:
    return child if part == parent else None
