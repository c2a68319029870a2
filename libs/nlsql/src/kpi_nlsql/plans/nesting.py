"""Nesting: a query of rows that are joined to others, as one of rows that have such others."""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import aliases

ANY = (plan.Output(plan.Constant(1)),)
"""What a query shows of which only matters whether it has rows."""


def nested(query: plan.Query) -> plan.Query:
    """Return a plan with the rows it joins asked for by a nested query instead."""
    if not query.joins:
        return query
    step, *steps = query.joins
    joined = {each.source.alias for each in query.joins}
    conditions = plan.conjuncts(query.where)
    inner = [term for term in conditions if aliases(term) & joined]
    kept = [term for term in conditions if term not in inner]
    where = plan.all_of([*step.on, *inner])
    exists = plan.Exists(plan.Query(ANY, step.source, tuple(steps), where))
    return replace(query, joins=(), where=plan.all_of([*kept, exists]))
