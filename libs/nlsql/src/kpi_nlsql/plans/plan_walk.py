"""Walks over a plan: its queries, their sources, and every column, constant and match in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from kpi_nlsql.plans import plan

_Part = TypeVar("_Part")


def queries(query: plan.Plan) -> Iterator[plan.Query]:
    """Yield every SELECT of a plan, the outermost first."""
    if isinstance(query, plan.SetQuery):
        yield from queries(query.left)
        yield from queries(query.right)
        return
    yield query
    for source in sources(query):
        if source.query is not None:
            yield from queries(source.query)
    for term in conditions(query):
        nested = _nested(term)
        if nested is not None:
            yield from queries(nested)


def sources(query: plan.Query) -> list[plan.Source]:
    """Return what one SELECT reads from."""
    return [query.source, *(step.source for step in query.joins)]


def conditions(query: plan.Query) -> Iterator[plan.Condition]:
    """Yield the conditions of one SELECT, of its shares, joins and groups, too."""
    for share in shares(query):
        yield from plan.parts(share.condition)
    yield from plan.parts(query.where)
    yield from plan.parts(query.having)
    for step in query.joins:
        for term in step.on:
            yield from plan.parts(term)


def shares(query: plan.Query) -> Iterator[plan.Share]:
    """Yield the shares that one SELECT shows."""
    for output in query.outputs:
        told = output.expression
        if isinstance(told, plan.Aggregate) and isinstance(told.argument, plan.Share):
            yield told.argument


def counted(query: plan.Plan) -> plan.Plan:
    """Return a plan that asks for a share as one that counts the rows which meet its condition."""
    told = [share.condition for share in shares(query)] if isinstance(query, plan.Query) else []
    if not told:
        return query
    assert isinstance(query, plan.Query)
    where = plan.all_of([*plan.conjuncts(query.where), *plan.conjuncts(plan.all_of(told))])
    rows = plan.Aggregate("count", plan.Star())
    outputs = tuple(
        dataclasses.replace(output, expression=rows)
        if isinstance(output.expression, plan.Aggregate)
        else output
        for output in query.outputs
    )
    return dataclasses.replace(query, outputs=outputs, where=where)


def expressions(query: plan.Query) -> Iterator[plan.Expression]:
    """Yield the columns and constants of one SELECT, wherever they stand."""
    told = [*(output.expression for output in query.outputs), *query.group]
    told += [order.expression for order in query.order]
    for term in conditions(query):
        told += _sides(term)
    for expression in told:
        yield from _leaves(expression)


def related(where: plan.Condition | None) -> Iterator[plan.Query]:
    """Yield the SELECTs in which a row must, or must not, have others that are related to it."""
    for term in plan.parts(where):
        if isinstance(term, plan.Exists | plan.InQuery) and isinstance(term.query, plan.Query):
            yield term.query


def matches(query: plan.Query) -> list[plan.Match]:
    """Return the pairs of columns by which the rows of one SELECT meet others."""
    return [term for term in conditions(query) if isinstance(term, plan.Match)]


def texts(query: plan.Query) -> Iterator[str]:
    """Yield the texts that one SELECT searches for."""
    for term in conditions(query):
        if isinstance(term, plan.Like):
            yield term.text


def rewritten(part: Any, change: Callable[[Any], Any]) -> Any:
    """Return a part of a plan with what ``change`` makes of its parts, the outermost first.

    Where that is None, a part stays, and its own parts are changed.
    """
    if isinstance(part, tuple):
        return tuple(rewritten(each, change) for each in part)
    if not dataclasses.is_dataclass(part) or isinstance(part, type):
        return part
    changed = change(part)
    if changed is not None:
        return changed
    told = {f.name: rewritten(getattr(part, f.name), change) for f in dataclasses.fields(part)}
    return dataclasses.replace(part, **told)


def moved(part: _Part, alias: str, to: str) -> _Part:
    """Return a part of a plan where what goes by an alias goes by another."""

    def change(each: Any) -> Any:
        if isinstance(each, plan.Source) and each.alias == alias:
            return dataclasses.replace(each, alias=to)
        named = isinstance(each, plan.ColumnRef | plan.Star) and each.source == alias
        return dataclasses.replace(each, source=to) if named else None

    return cast("_Part", rewritten(part, change))


def aliases(part: object) -> set[str]:
    """Return what the tables are called whose columns stand in a part of a plan."""
    return {each.source for each in everything(part) if isinstance(each, plan.ColumnRef)}


def everything(value: Any) -> Iterator[Any]:
    """Yield a part of a plan and all that stands in it, down to names, texts and numbers."""
    if isinstance(value, tuple):
        for part in value:
            yield from everything(part)
        return
    yield value
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from everything(getattr(value, field.name))


def _nested(term: plan.Condition) -> plan.Plan | None:
    if isinstance(term, plan.Exists | plan.InQuery):
        return term.query
    if isinstance(term, plan.Compare) and isinstance(term.right, plan.Query):
        return term.right
    return None


def _sides(term: plan.Condition) -> list[plan.Expression]:
    if isinstance(term, plan.Compare):
        return [term.left] if isinstance(term.right, plan.Query) else [term.left, term.right]
    if isinstance(term, plan.Between):
        return [term.subject, term.low, term.high]
    if isinstance(term, plan.OneOf):
        return [term.subject, *term.values]
    if isinstance(term, plan.Match):
        return [term.left, term.right]
    if isinstance(term, plan.Like | plan.IsNull | plan.RecentDays | plan.InQuery):
        return [term.subject]
    return []


def _leaves(expression: plan.Expression) -> Iterator[plan.Expression]:
    if isinstance(expression, plan.Aggregate):
        yield from _leaves(expression.argument)
    elif isinstance(expression, plan.Arithmetic):
        yield from _leaves(expression.left)
        yield from _leaves(expression.right)
    elif isinstance(expression, plan.Absolute):
        yield from _leaves(expression.number)
    elif isinstance(expression, plan.DaysBetween):
        yield from (expression.later, expression.earlier)
    elif isinstance(expression, plan.PeriodOf):
        if expression.column is not None:
            yield expression.column
    elif not isinstance(expression, plan.Share):  # its condition is one of the query's
        yield expression
