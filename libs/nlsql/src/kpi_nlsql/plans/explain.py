"""Explaining a plan in one English sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import sources

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
_SET_OPERATORS = {"union": "together with", "intersect": "that are also", "except": "except"}


@dataclass(frozen=True, slots=True)
class _Scope:
    """The sources that columns may be of: their tables by alias, and the one that goes unsaid."""

    tables: Mapping[str, str] = field(default_factory=dict)
    home: str = ""

    def within(self, query: plan.Query) -> _Scope:
        """Return the scope inside a query: its only source goes unsaid, several are all named."""
        tables = {**self.tables, **{source.alias: source.table for source in sources(query)}}
        return _Scope(tables, "" if query.joins else query.source.alias)

    def column(self, ref: plan.ColumnRef) -> str:
        """Return what a column is called here: ``status``, or ``orders.status`` of another."""
        table = None if ref.source == self.home else self.tables.get(ref.source)
        return ref.column if table is None else f"{table}.{ref.column}"


_NOWHERE = _Scope()


def explain(query: plan.Plan) -> str:
    """Return one sentence (without its full stop) that says what the plan asks for."""
    told = _plan(query, _NOWHERE)
    return told[:1].upper() + told[1:]


def told_of(where: plan.Condition | None) -> str:
    """Return what a condition asks for, in English; empty where it asks for nothing."""
    return "" if where is None else _condition(where, _NOWHERE)


def _plan(query: plan.Plan, outer: _Scope) -> str:
    if isinstance(query, plan.SetQuery):
        left, right = _plan(query.left, outer), _plan(query.right, outer)
        return f"{left} {_SET_OPERATORS[query.operator]} {right}"
    scope = outer.within(query)
    text = f"the {_outputs(query, scope)} of {_tables(query)}"
    pairs, where = _set_apart(query)
    if pairs:
        text += f" of the same {_pairs(pairs)}"
    if where is not None:
        text += f" where {_condition(where, scope)}"
    if query.group:
        text += " for each " + ", ".join(_expression(key, scope) for key in query.group)
    if query.having is not None:
        text += f" having {_condition(query.having, scope)}"
    if query.order:
        text += ", sorted by " + ", ".join(_order(key, scope) for key in query.order)
    if query.limit is not None:
        text += f", only the first {query.limit}" if query.limit > 1 else ", only the first"
    return text


def _set_apart(query: plan.Query) -> tuple[list[plan.Match], plan.Condition | None]:
    """Return what pairs the rows of a query with those around it, and what else it asks for."""
    own = {source.alias for source in sources(query)}
    pairs = [
        part
        for part in plan.conjuncts(query.where)
        if isinstance(part, plan.Match) and (part.left.source in own) != (part.right.source in own)
    ]
    rest = [part for part in plan.conjuncts(query.where) if part not in pairs]
    return pairs, plan.all_of(rest)


def _pairs(pairs: Sequence[plan.Match]) -> str:
    columns = [(pair.left.column, pair.right.column) for pair in pairs]
    return ", ".join(left if left == right else f"{left} = {right}" for left, right in columns)


def _outputs(query: plan.Query, scope: _Scope) -> str:
    if all(isinstance(output.expression, plan.Constant) for output in query.outputs):
        return "rows"
    told = ", ".join(_expression(output.expression, scope) for output in query.outputs)
    return f"different {told}" if query.distinct else told


def _tables(query: plan.Query) -> str:
    return " with ".join(
        source.table if source.query is None else f"({_plan(source.query, _NOWHERE)})"
        for source in sources(query)
    )


def _expression(value: plan.Expression, scope: _Scope) -> str:
    if isinstance(value, plan.ColumnRef):
        return scope.column(value)
    if isinstance(value, plan.Star):
        return "rows"
    if isinstance(value, plan.Constant):
        return repr(value.value)
    if isinstance(value, plan.Share):
        return f"percentage for which {_condition(value.condition, scope)}, of the rows"
    if isinstance(value, plan.Aggregate):
        if isinstance(value.argument, plan.Share):
            return _expression(value.argument, scope)
        distinct = "different " if value.distinct else ""
        return f"{_FUNCTIONS[value.function]} {distinct}{_expression(value.argument, scope)}"
    if isinstance(value, plan.PeriodOf):
        of = "today" if value.column is None else scope.column(value.column)
        return f"{value.unit} of {of}"
    if isinstance(value, plan.DaysBetween):
        days = scope.column(value.earlier), scope.column(value.later)
        return "number of days from {} to {}".format(*days)
    if isinstance(value, plan.Absolute):
        return f"absolute {_expression(value.number, scope)}"
    left, right = _expression(value.left, scope), _expression(value.right, scope)
    return f"{left} {value.operator} {right}"


def _order(key: plan.Order, scope: _Scope) -> str:
    return _expression(key.expression, scope) + (" from high to low" if key.descending else "")


def _condition(term: plan.Condition, scope: _Scope) -> str:
    if isinstance(term, plan.All):
        return " and ".join(_condition(part, scope) for part in term.terms)
    if isinstance(term, plan.AnyOf):
        return "(" + " or ".join(_condition(part, scope) for part in term.terms) + ")"
    if isinstance(term, plan.Compare):
        right = (
            _plan(term.right, scope)
            if isinstance(term.right, plan.Query)
            else _expression(term.right, scope)
        )
        return f"{_expression(term.left, scope)} {_OPERATORS[term.operator]} {right}"
    if isinstance(term, plan.Exists | plan.InQuery):
        return _related(term, scope)
    return _simple(term, scope)


def _related(term: plan.Exists | plan.InQuery, outer: _Scope) -> str:
    inner = term.query
    assert isinstance(inner, plan.Query)
    scope = outer.within(inner)
    pairs, where = _set_apart(inner)
    conditions = [part for part in plan.conjuncts(where) if not _is_plumbing(part, inner)]
    joined = " and ".join(_condition(part, scope) for part in conditions)
    if isinstance(term, plan.InQuery):
        subject = _expression(term.subject, outer)
        told = f"there is a row of {_tables(inner)} with the same {subject}"
        told += f" where {joined}" if joined else ""
    else:
        told = f"there is a matching row of {_tables(inner)}"
        told += f" by {_pairs(pairs)}" if pairs else ""
        told += f" with {joined}" if joined else ""
    if inner.having is not None:
        told += f" having {_condition(inner.having, scope)}"
    return told


def _is_plumbing(part: plan.Condition, inner: plan.Query) -> bool:
    # What only relates the rows, or keeps NULL out of a NOT IN, says nothing to the reader.
    if isinstance(part, plan.Not) and isinstance(part.term, plan.IsNull):
        return part.term.subject == inner.outputs[0].expression
    return isinstance(part, plan.Match)


def _simple(term: plan.Condition, scope: _Scope) -> str:
    if isinstance(term, plan.Not):
        return _denied(term.term, scope)
    if isinstance(term, plan.Between):
        bounds = f"{_expression(term.low, scope)} and {_expression(term.high, scope)}"
        return f"{_expression(term.subject, scope)} lies between {bounds}"
    if isinstance(term, plan.OneOf):
        values = ", ".join(_expression(value, scope) for value in term.values)
        return f"{_expression(term.subject, scope)} is one of {values}"
    if isinstance(term, plan.Like):
        verb = {"contains": "contains", "starts": "starts with", "ends": "ends with"}[term.kind]
        return f"{_expression(term.subject, scope)} {verb} {term.text!r}"
    if isinstance(term, plan.IsNull):
        return f"{_expression(term.subject, scope)} has no value"
    if isinstance(term, plan.RecentDays):
        return f"{_expression(term.subject, scope)} {_since(term.days)}"
    assert isinstance(term, plan.Match)
    return f"{scope.column(term.left)} equals {scope.column(term.right)}"


def _since(days: int) -> str:
    if days > 0:
        return f"lies in the last {days} days"
    return f"lies {-days} days from today or later" if days else "is today or later"


def _denied(term: plan.Condition, scope: _Scope) -> str:
    if isinstance(term, plan.IsNull):
        return f"{_expression(term.subject, scope)} has a value"
    told = _condition(term, scope)
    return told.replace("there is a", "there is no", 1) if "there is a" in told else f"not {told}"
