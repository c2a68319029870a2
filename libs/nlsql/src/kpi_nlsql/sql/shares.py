"""Shares in SQL: the average of 100 for the rows that meet a condition and 0 for the others.

It is NULL where there is no row. SQL Server averages nothing that holds a nested query: where the
condition does, the rows are marked in a query of their own, over which the average is taken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import everything, rewritten, shares
from kpi_nlsql.sql.conditions import Subquery, condition
from kpi_nlsql.sql.expressions import expression

_MARKED = "marked"
_YES, _NO = "100e0", "0e0"
"""Floating-point: averages of whole or of decimal numbers are rounded in some dialects."""


def shown(value: plan.Expression, subquery: Subquery) -> exp.Expr:
    """Return a value expression; ``subquery`` writes the queries inside a share."""
    if isinstance(value, plan.Aggregate) and isinstance(value.argument, plan.Share):
        return exp.Avg(this=shown(value.argument, subquery))
    if not isinstance(value, plan.Share):
        return expression(value)
    case = exp.Case(default=exp.Literal.number(_NO))
    return case.when(condition(value.condition, subquery), exp.Literal.number(_YES))


def marked(query: plan.Query) -> plan.Query:
    """Return a query that averages no share with a nested query in it."""
    if not any(_holds_query(share) for share in shares(query)):
        return query
    inner: dict[Any, str] = dict.fromkeys(shares(query), "share")
    inner |= {key: f"key_{n}" for n, key in enumerate(query.group, 1)}

    def taken(part: Any) -> plan.ColumnRef | None:
        name = inner.get(part) if isinstance(part, plan.Expression) else None
        return None if name is None else plan.ColumnRef(_MARKED, name)

    marks = tuple(plan.Output(part, name) for part, name in inner.items())
    rows = plan.Query(marks, query.source, query.joins, query.where)
    return replace(
        query,
        outputs=rewritten(tuple(map(_named, query.outputs)), taken),
        source=plan.Source(_MARKED, _MARKED, rows),
        joins=(),
        where=None,
        group=rewritten(query.group, taken),
        order=rewritten(query.order, taken),
    )


def _holds_query(share: plan.Share) -> bool:
    return any(isinstance(part, plan.Query | plan.SetQuery) for part in everything(share))


def _named(output: plan.Output) -> plan.Output:
    """Return an output that keeps the name of its column."""
    if output.name is None and isinstance(output.expression, plan.ColumnRef):
        return replace(output, name=output.expression.column)
    return output
