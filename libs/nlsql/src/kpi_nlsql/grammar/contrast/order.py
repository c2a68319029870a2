"""Order: "sorted by deal number", of what a comparison shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.plans import plan


def ordered(query: plan.Query, keys: Sequence[plan.Order]) -> plan.Query:
    """Return the query with its rows in order; equal rows are kept where a key is not shown."""
    shown = {output.expression for output in query.outputs}
    told = all(key.expression in shown for key in keys)
    return replace(query, order=tuple(keys), distinct=query.distinct and told)


def can_sort(query: plan.Query, ref: plan.ColumnRef) -> bool:
    """Tell whether the query reads from the table of the column, and shows rows."""
    counted = any(isinstance(output.expression, plan.Aggregate) for output in query.outputs)
    sources = {query.source.alias, *(step.source.alias for step in query.joins)}
    return not counted and ref.source in sources
