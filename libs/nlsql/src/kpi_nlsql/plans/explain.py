"""Explaining a plan in one English sentence."""

from __future__ import annotations

from kpi_nlsql.plans import plan

_FUNCTIONS = {
    "count": "number of",
    "sum": "total of",
    "avg": "average of",
    "min": "lowest",
    "max": "highest",
}
_OPERATORS = {
    "=": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}


def explain(query: plan.Plan) -> str:
    """Return one sentence (without its full stop) that says what the plan asks for."""
    if isinstance(query, plan.SetQuery):
        words = {"union": "together with", "intersect": "that are also", "except": "except"}
        return f"{explain(query.left)} {words[query.operator]} {explain(query.right)}"
    text = f"The {_outputs(query)} of {_tables(query)}"
    if query.where is not None:
        text += f" where {_condition(query.where)}"
    if query.group:
        text += " for each " + ", ".join(_expression(key) for key in query.group)
    if query.having is not None:
        text += f" having {_condition(query.having)}"
    if query.order:
        text += ", sorted by " + ", ".join(_order(key) for key in query.order)
    if query.limit is not None:
        text += f", only the first {query.limit}" if query.limit > 1 else ", only the first"
    return text


def _outputs(query: plan.Query) -> str:
    if all(isinstance(output.expression, plan.Constant) for output in query.outputs):
        return "rows"
    told = ", ".join(_expression(output.expression) for output in query.outputs)
    return f"different {told}" if query.distinct else told


def _tables(query: plan.Query) -> str:
    return " with ".join([query.source.table, *(step.source.table for step in query.joins)])


def _expression(value: plan.Expression) -> str:
    if isinstance(value, plan.ColumnRef):
        return value.column
    if isinstance(value, plan.Star):
        return "rows"
    if isinstance(value, plan.Constant):
        return repr(value.value)
    if isinstance(value, plan.Share):
        return f"percentage for which {_condition(value.condition)}, of the rows"
    if isinstance(value, plan.Aggregate):
        if isinstance(value.argument, plan.Share):
            return _expression(value.argument)
        distinct = "different " if value.distinct else ""
        return f"{_FUNCTIONS[value.function]} {distinct}{_expression(value.argument)}"
    if isinstance(value, plan.PeriodOf):
        of = "today" if value.column is None else value.column.column
        return f"{value.unit} of {of}"
    if isinstance(value, plan.DaysBetween):
        return f"number of days from {value.earlier.column} to {value.later.column}"
    return f"{_expression(value.left)} {value.operator} {_expression(value.right)}"


def _order(key: plan.Order) -> str:
    return _expression(key.expression) + (" from high to low" if key.descending else "")


def _condition(term: plan.Condition) -> str:
    if isinstance(term, plan.All):
        return " and ".join(_condition(part) for part in term.terms)
    if isinstance(term, plan.AnyOf):
        return "(" + " or ".join(_condition(part) for part in term.terms) + ")"
    if isinstance(term, plan.Compare):
        right = (
            explain(term.right) if isinstance(term.right, plan.Query) else _expression(term.right)
        )
        return f"{_expression(term.left)} {_OPERATORS[term.operator]} {right}"
    if isinstance(term, plan.Exists | plan.InQuery):
        return _related(term)
    return _simple(term)


def _related(term: plan.Exists | plan.InQuery) -> str:
    inner = term.query
    assert isinstance(inner, plan.Query)
    told = f"there is a matching row of {_tables(inner)}"
    if isinstance(term, plan.InQuery):
        told = f"there is a row of {_tables(inner)} with the same {_expression(term.subject)}"
    conditions = [part for part in plan.conjuncts(inner.where) if not _is_plumbing(part, inner)]
    if conditions:
        joined = " and ".join(_condition(part) for part in conditions)
        told += f" where {joined}" if isinstance(term, plan.InQuery) else f" with {joined}"
    if inner.having is not None:
        told += f" having {_condition(inner.having)}"
    return told


def told_of(where: plan.Condition | None) -> str:
    """Return what a condition asks for, in English; empty where it asks for nothing."""
    return "" if where is None else _condition(where)


def _is_plumbing(part: plan.Condition, inner: plan.Query) -> bool:
    # What only relates the rows, or keeps NULL out of a NOT IN, says nothing to the reader.
    if isinstance(part, plan.Not) and isinstance(part.term, plan.IsNull):
        return part.term.subject == inner.outputs[0].expression
    return isinstance(part, plan.Match)


def _simple(term: plan.Condition) -> str:
    if isinstance(term, plan.Not):
        inner = term.term
        if isinstance(inner, plan.IsNull):
            return f"{_expression(inner.subject)} has a value"
        told = _condition(inner)
        return (
            told.replace("there is a", "there is no", 1) if "there is a" in told else f"not {told}"
        )
    if isinstance(term, plan.Between):
        bounds = f"{_expression(term.low)} and {_expression(term.high)}"
        return f"{_expression(term.subject)} lies between {bounds}"
    if isinstance(term, plan.OneOf):
        values = ", ".join(_expression(value) for value in term.values)
        return f"{_expression(term.subject)} is one of {values}"
    if isinstance(term, plan.Like):
        verb = {"contains": "contains", "starts": "starts with", "ends": "ends with"}[term.kind]
        return f"{_expression(term.subject)} {verb} {term.text!r}"
    if isinstance(term, plan.IsNull):
        return f"{_expression(term.subject)} has no value"
    if isinstance(term, plan.RecentDays):
        return f"{_expression(term.subject)} lies in the last {term.days} days"
    assert isinstance(term, plan.Match)
    return f"{term.left.column} equals {term.right.column}"
