"""Conditions of a draft as conditions of a plan: literals fitted to the column's type."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.english.dates_read import bounds
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.flags import FALSE, TRUE
from kpi_nlsql.schema.graph import Column, Graph

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_YEAR = re.compile(r"(1[0-9]|20)\d\d")
_PERIOD = re.compile(r"(1[0-9]|20)\d\d(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12])?")
_NEGATED: dict[plan.Operator, plan.Operator] = {
    "=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
}  # fmt: skip
_WITH_FACTOR = 2
_FUNCTIONS: dict[str, plan.AggregateFunction] = {
    "avg": "avg", "sum": "sum", "min": "min", "max": "max", "count": "count",
}  # fmt: skip


def column_of(graph: Graph, key: tuple[str, str]) -> Column:
    """Return the column of a (table, column) key."""
    return graph.table(key[0]).column(key[1])


def condition(term: Term, subject: plan.ColumnRef, column: Column) -> plan.Condition:
    """Return a row condition of a term on its resolved column."""
    made = _positive(term, subject, column)
    if not term.negated:
        return made
    if isinstance(made, plan.Compare):
        other = plan.Compare(made.left, _NEGATED[made.operator], made.right)
        # A mark that is set or missing: "not blocked" is mostly no mark at all.
        marked = made.operator == "=" and len(column.values) == 1
        return plan.AnyOf((plan.IsNull(subject), other)) if marked else other
    return plan.Not(made)


def _positive(term: Term, subject: plan.ColumnRef, column: Column) -> plan.Condition:
    if term.kind == "null":
        return plan.IsNull(subject)
    if term.kind == "like":
        return plan.Like(subject, term.like, str(term.values[0]))
    if term.kind == "period":
        return _calendar(term, subject)
    if term.kind == "recent":
        return plan.RecentDays(subject, int(term.values[0]))
    if term.kind == "between":
        low, high = term.values
        if _holds_dates(column) and (_is_period(low) or _is_period(high)):
            return _from_to(subject, str(low), str(high))
        return plan.Between(subject, constant(low, column), constant(high, column))
    if term.against != "value":
        return _compared(term, subject)
    value = _stored(term, column)
    if _ISO.fullmatch(str(value)) and "timestamp" in column.type.lower():
        return _on_day(term, subject, str(value))
    months = column.monthly and value not in column.values
    if _is_period(value) and (_holds_dates(column) or months):
        return _in_period(term, subject, str(value), column)
    return plan.Compare(subject, term.operator, constant(value, column))


def _calendar(term: Term, subject: plan.ColumnRef) -> plan.Condition:
    """Compare with the period that lies so many before today's: this month, last year."""
    unit: Any = term.values[0]
    back = int(term.values[1])
    today: plan.Expression = plan.PeriodOf(None, unit, counted=True)
    if back:
        sign: Any = "-" if back > 0 else "+"
        today = plan.Arithmetic(sign, today, plan.Constant(abs(back)))
    return plan.Compare(plan.PeriodOf(subject, unit, counted=True), term.operator, today)


def _compared(term: Term, subject: plan.ColumnRef) -> plan.Condition:
    """Return the comparison with an average, another column, or the days from another date."""
    if term.against == "average" or term.other is None:
        return _against(term, subject)
    if term.against == "column":
        return _beside(term, subject, _other(term, subject))
    gap = plan.DaysBetween(subject, _other(term, subject))
    return plan.Compare(gap, term.operator, plan.Constant(term.values[0]))


def _beside(term: Term, subject: plan.ColumnRef, other: plan.ColumnRef) -> plan.Condition:
    """Return the comparison of two columns of a row, or (with a value) of how far they differ."""
    if not term.values:
        return plan.Compare(subject, term.operator, other)
    margin = plan.Constant(term.values[0])
    if term.operator in {">", ">="}:
        return plan.Compare(subject, term.operator, plan.Arithmetic("+", other, margin))
    return plan.Compare(plan.Arithmetic("+", subject, margin), term.operator, other)


def _from_to(subject: plan.ColumnRef, low: str, high: str) -> plan.Condition:
    # "between 2015 and 2020" ends with the last day of 2020.
    start = plan.Constant(bounds(low)[0] if _is_period(low) else low)
    whole = _is_period(high)
    end = plan.Constant(bounds(high)[1] if whole else high)
    until = plan.Compare(subject, "<" if whole else "<=", end)
    return plan.All((plan.Compare(subject, ">=", start), until))


def _other(term: Term, subject: plan.ColumnRef) -> plan.ColumnRef:
    """Return the column compared with; it belongs to the same row, whatever the row's alias."""
    assert term.other is not None
    return plan.ColumnRef(subject.source, term.other.chosen[1])


def _against(term: Term, subject: plan.ColumnRef) -> plan.Condition:
    function = _FUNCTIONS[str(term.values[0])] if term.values else "avg"
    key = term.other.chosen if term.other is not None else None
    table, name = key or (term.ref.chosen if term.ref else (subject.source, subject.column))
    alias = f"all_{table}"
    inner = plan.Query(
        outputs=(
            plan.Output(multiplied(plan.Aggregate(function, plan.ColumnRef(alias, name)), term)),
        ),
        source=plan.Source(table, alias),
    )
    return plan.Compare(subject, term.operator, inner)


def multiplied(whole: plan.Aggregate, term: Term) -> plan.Aggregate | plan.Arithmetic:
    """Return the aggregate, or so many times it as the sentence says: "twice the average"."""
    if len(term.values) < _WITH_FACTOR:
        return whole
    return plan.Arithmetic("*", plan.Constant(term.values[1]), whole)


def _stored(term: Term, column: Column) -> str | int | float:
    """Return the value as the column stores it, where the dictionary has it."""
    key = term.ref.choice if term.ref else None
    for hit in term.hits:
        if (hit.table, hit.column) == key:
            return hit.value
    value = term.values[0]
    text = str(value).lower()
    return next((stored for stored in column.values if stored.lower() == text), value)


def constant(value: str | int | float, column: Column) -> plan.Constant:
    """Return a literal of the column's type: '5' is 5 for numbers, 5 is '5' for texts."""
    if column.family == "boolean" and str(value).lower() in TRUE | FALSE:
        return plan.Constant(str(value).lower() in TRUE)
    if isinstance(value, str) and column.family == "number":
        try:
            return plan.Constant(float(value) if "." in value else int(value))
        except ValueError:
            return plan.Constant(value)
    if not isinstance(value, str) and column.family == "text":
        return plan.Constant(str(value)) if column.values else plan.Constant(value)
    return plan.Constant(value)


def _is_period(value: str | int | float) -> bool:
    return _PERIOD.fullmatch(str(value)) is not None


def _holds_dates(column: Column) -> bool:
    if column.values:
        return any(_ISO.match(value) for value in column.values[:20]) or (
            "date" in column.name.lower() and not _YEAR.fullmatch(column.values[0])
        )
    declared = column.type.lower()
    return "date" in declared or "timestamp" in declared


def _on_day(term: Term, subject: plan.ColumnRef, day: str) -> plan.Condition:
    # A day against a moment: "updated on 2024-03-15" is at any time of that day.
    following = plan.Constant(str(date.fromisoformat(day) + timedelta(days=1)))
    start = plan.Constant(day)
    if term.operator in {">", "<="}:
        return plan.Compare(subject, ">=" if term.operator == ">" else "<", following)
    if term.operator in {"<", ">="}:
        return plan.Compare(subject, term.operator, start)
    inside = (plan.Compare(subject, ">=", start), plan.Compare(subject, "<", following))
    return plan.Not(plan.All(inside)) if term.operator == "!=" else plan.All(inside)


def _in_period(term: Term, subject: plan.ColumnRef, period: str, column: Column) -> plan.Condition:
    # A period against a date: as a range, which every database can answer from an index.
    dates = any(_ISO.match(value) for value in column.values[:20]) or column.monthly
    if column.values and not dates:
        return plan.Like(subject, "contains", period)
    kept = len(column.values[0]) if column.monthly else None  # ``usg_mth`` from 2025-01 on
    start, end = (plan.Constant(bound[:kept]) for bound in bounds(period))
    if term.operator in {">", "<="}:
        return plan.Compare(subject, ">=" if term.operator == ">" else "<", end)
    if term.operator in {"<", ">="}:
        return plan.Compare(subject, term.operator, start)
    inside = plan.All((plan.Compare(subject, ">=", start), plan.Compare(subject, "<", end)))
    return plan.Not(inside) if term.operator == "!=" else inside
