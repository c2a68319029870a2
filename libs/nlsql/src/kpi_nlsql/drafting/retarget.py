"""Retargeting: the same plan over another table that has the same columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, cast

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import everything, rewritten
from kpi_nlsql.schema.graph import Graph


def retargeted(query: plan.Query, graph: Graph) -> Iterator[tuple[str, plan.Query]]:
    """Yield the other tables that a query over one table could mean, with the query over them.

    A table qualifies if it has every column the query uses, and every value it compares with
    where the value dictionary knows the column's values.
    """
    own = query.source.table
    if query.joins or query.source.query is not None:
        return
    columns = {ref.column for ref in _refs(query)}
    if not columns or any(ref.source != query.source.alias for ref in _refs(query)):
        return
    values = [(term.left.column, term.right.value) for term in _equalities(query)]
    for table in graph.tables:
        if table.name == own or not all(map(table.has, columns)):
            continue
        known = all(
            not table.column(name).values or value in table.column(name).values
            for name, value in values
        )
        if known:
            yield table.name, _moved(query, own, table.name)


def _moved(query: plan.Query, old: str, new: str) -> plan.Query:
    def moved(part: Any) -> Any:
        if isinstance(part, plan.Source):
            return plan.Source(new, new)
        told = isinstance(part, plan.ColumnRef | plan.Star) and part.source == old
        return dataclasses.replace(part, source=new) if told else None

    return cast("plan.Query", rewritten(query, moved))


def _refs(query: plan.Query) -> list[plan.ColumnRef]:
    return [part for part in everything(query) if isinstance(part, plan.ColumnRef)]


def _equalities(query: plan.Query) -> Iterator[Any]:
    for part in everything(query):
        if (
            isinstance(part, plan.Compare)
            and part.operator == "="
            and isinstance(part.left, plan.ColumnRef)
            and isinstance(part.right, plan.Constant)
        ):
            yield part
