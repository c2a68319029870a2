"""Value expressions of a plan as sqlglot expressions."""

from __future__ import annotations

from collections.abc import Sequence, Set

from sqlglot import exp

from kpi_nlsql.plans import plan

_AGGREGATES: dict[str, type[exp.AggFunc]] = {
    "count": exp.Count,
    "sum": exp.Sum,
    "avg": exp.Avg,
    "min": exp.Min,
    "max": exp.Max,
}
_PERIODS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
_ARITHMETIC: dict[str, type[exp.Binary]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
}


def identifier(name: str) -> exp.Identifier:
    """Return a quoted identifier: names come from catalogues and mean exactly what they say."""
    return exp.to_identifier(name, quoted=True)


def expression(value: plan.Expression) -> exp.Expr:
    """Return a value expression."""
    if isinstance(value, plan.ColumnRef):
        return exp.Column(this=identifier(value.column), table=identifier(value.source))
    if isinstance(value, plan.Star):
        if value.source is None:
            return exp.Star()
        return exp.Column(this=exp.Star(), table=identifier(value.source))
    if isinstance(value, plan.Constant):
        return exp.convert(value.value)
    if isinstance(value, plan.Aggregate):
        return _aggregate(value)
    if isinstance(value, plan.PeriodOf):
        return _period(value)
    if isinstance(value, plan.DaysBetween):
        later, earlier = expression(value.later), expression(value.earlier)
        return exp.DateDiff(this=later, expression=earlier, unit=exp.var("DAY"))
    if isinstance(value, plan.Absolute):
        return exp.Abs(this=expression(value.number))
    assert not isinstance(value, plan.Share), "its condition may hold queries"
    loose = frozenset("+-" if value.operator in {"*", "/"} else "")
    left = _operand(value.left, loose)
    right = _operand(value.right, loose | ({"+", "-"} if value.operator == "-" else set()))
    return _ARITHMETIC[value.operator](this=left, expression=right)


def _operand(value: plan.Expression, loose: Set[str]) -> exp.Expr:
    """Return an operand, in parentheses where it binds looser than what it is part of."""
    inside = isinstance(value, plan.Arithmetic) and value.operator in loose
    return exp.Paren(this=expression(value)) if inside else expression(value)


def _period(value: plan.PeriodOf) -> exp.Expr:
    """Return the period as text: 2024, 2024-Q1, 2024-03 or 2024-03-31."""
    date: exp.Expr = exp.CurrentDate()
    if value.column is not None:
        date = exp.TsOrDsToDate(this=expression(value.column))
    if value.counted:
        return _counted(date, value.unit)
    if value.unit == "quarter":
        quarter = _quarter(_told(date, "%m"), ("03", "06", "09"), ("-Q1", "-Q2", "-Q3", "-Q4"))
        return exp.Concat(expressions=[_told(date, "%Y"), quarter])
    return _told(date, _PERIODS[value.unit])


def _counted(date: exp.Expr, unit: str) -> exp.Expr:
    """Return how many of the unit there are up to a date, for no dialect takes months off alike."""
    year, month = (exp.cast(_told(date, layout), exp.DType.INT) for layout in ("%Y", "%m"))
    if unit == "year":
        return year
    if unit == "month":
        return exp.Add(this=exp.Mul(this=year, expression=exp.convert(12)), expression=month)
    quarter = _quarter(month, (3, 6, 9), (1, 2, 3, 4))
    return exp.Add(this=exp.Mul(this=year, expression=exp.convert(4)), expression=quarter)


def _told(date: exp.Expr, layout: str) -> exp.TimeToStr:
    return exp.TimeToStr(this=date.copy(), format=exp.Literal.string(layout))


def _quarter(month: exp.Expr, ends: Sequence[int | str], quarters: Sequence[int | str]) -> exp.Case:
    """Return which of the quarters a month lies in; the first three end with ``ends``."""
    *early, last = quarters
    case = exp.Case(default=exp.convert(last))
    for end, quarter in zip(ends, early, strict=True):
        within = exp.LTE(this=month.copy(), expression=exp.convert(end))
        case = case.when(within, exp.convert(quarter))
    return case


def _aggregate(value: plan.Aggregate) -> exp.Expr:
    argument = exp.Star() if isinstance(value.argument, plan.Star) else expression(value.argument)
    if value.distinct:
        argument = exp.Distinct(expressions=[argument])
    return _AGGREGATES[value.function](this=argument)
