"""Conditions of a plan as sqlglot expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from kpi_nlsql.plans import plan
from kpi_nlsql.sql.expressions import expression

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_LIKE_ESCAPE = "!"

Subquery = Callable[[plan.Plan], exp.Query]


def condition(term: plan.Condition, subquery: Subquery) -> exp.Expr:
    """Return the term as an expression; ``subquery`` writes the queries inside it."""
    writer: Any = _WRITERS[type(term)]
    written: exp.Expr = writer(term, subquery)
    return written


def _compare(term: plan.Compare, subquery: Subquery) -> exp.Expr:
    right: exp.Expr
    if isinstance(term.right, plan.Query):
        right = subquery(term.right).subquery()
    else:
        right = expression(term.right)
    return _COMPARISONS[term.operator](this=expression(term.left), expression=right)


def _between(term: plan.Between, _: Subquery) -> exp.Expr:
    return exp.Between(
        this=expression(term.subject), low=expression(term.low), high=expression(term.high)
    )


def _one_of(term: plan.OneOf, _: Subquery) -> exp.Expr:
    return exp.In(
        this=expression(term.subject), expressions=[expression(value) for value in term.values]
    )


def _like(term: plan.Like, _: Subquery) -> exp.Expr:
    text = term.text
    special = any(mark in text for mark in ("%", "_", _LIKE_ESCAPE))
    if special:
        for mark in (_LIKE_ESCAPE, "%", "_"):
            text = text.replace(mark, _LIKE_ESCAPE + mark)
    pattern = {"contains": f"%{text}%", "starts": f"{text}%", "ends": f"%{text}"}[term.kind]
    like = exp.Like(this=expression(term.subject), expression=exp.Literal.string(pattern))
    return exp.Escape(this=like, expression=exp.Literal.string(_LIKE_ESCAPE)) if special else like


def _is_null(term: plan.IsNull, _: Subquery) -> exp.Expr:
    return exp.Is(this=expression(term.subject), expression=exp.Null())


def _recent(term: plan.RecentDays, _: Subquery) -> exp.Expr:
    start = exp.DateAdd(
        this=exp.CurrentDate(), expression=exp.Literal.number(-term.days), unit=exp.var("DAY")
    )
    return exp.GTE(this=expression(term.subject), expression=start)


def _match(term: plan.Match, _: Subquery) -> exp.Expr:
    """``nulls_equal`` is spelt out: the null-safe operator differs in every dialect."""
    left, right = (_normalised(side, term) for side in (term.left, term.right))
    equal = exp.EQ(this=left, expression=right)
    if not term.normalisation.nulls_equal:
        return equal
    both_null = exp.and_(*(_null(side) for side in (term.left, term.right)))
    return exp.paren(exp.or_(equal, both_null), copy=False)


def _null(column: plan.ColumnRef) -> exp.Expr:
    return exp.Is(this=expression(column), expression=exp.Null())


def _normalised(column: plan.ColumnRef, term: plan.Match) -> exp.Expr:
    written = expression(column)
    rules = term.normalisation
    if rules.trim:
        written = exp.Trim(this=written)
    if rules.ignore_case:
        written = exp.Lower(this=written)
    if rules.scale is not None:
        written = exp.Round(this=written, decimals=exp.Literal.number(rules.scale))
    return written


def _in_query(term: plan.InQuery, subquery: Subquery) -> exp.Expr:
    return exp.In(this=expression(term.subject), query=subquery(term.query).subquery())


def _exists(term: plan.Exists, subquery: Subquery) -> exp.Expr:
    return exp.Exists(this=subquery(term.query))


def _not(term: plan.Not, subquery: Subquery) -> exp.Expr:
    if isinstance(term.term, plan.IsNull):
        known = exp.Not(this=exp.Null())
        return exp.Is(this=expression(term.term.subject), expression=known)
    inner = condition(term.term, subquery)
    return exp.Not(this=exp.paren(inner, copy=False) if isinstance(inner, exp.Connector) else inner)


def _all(term: plan.All, subquery: Subquery) -> exp.Expr:
    return exp.and_(*(condition(part, subquery) for part in term.terms))


def _any(term: plan.AnyOf, subquery: Subquery) -> exp.Expr:
    return exp.or_(*(condition(part, subquery) for part in term.terms))


_WRITERS: dict[type, Any] = {
    plan.Compare: _compare,
    plan.Between: _between,
    plan.OneOf: _one_of,
    plan.Like: _like,
    plan.IsNull: _is_null,
    plan.RecentDays: _recent,
    plan.Match: _match,
    plan.InQuery: _in_query,
    plan.Exists: _exists,
    plan.Not: _not,
    plan.All: _all,
    plan.AnyOf: _any,
}
