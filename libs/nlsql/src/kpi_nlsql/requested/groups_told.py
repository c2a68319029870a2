"""Groups told: what groups come to, by the ways in which a list of columns speaks of it.

"…, with the name and the total", "and this average", "with name and hours" of hours added up.
"""

from __future__ import annotations

from kpi_nlsql.assembly.frame import aggregate_function
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import sources
from kpi_nlsql.requested.columns import Meant
from kpi_nlsql.requested.spans import Element
from kpi_nlsql.sentence import Sentence

_EXACT = 0.95
_CALLED: dict[plan.AggregateFunction, set[str]] = {
    "sum": {"total", "sum", "amount", "totals"}, "avg": {"average"}, "count": {"count"},
    "min": set(), "max": set(),
}  # fmt: skip


def come_to(
    sentence: Sentence, query: plan.Query, element: Element, function: str, column: Meant | None
) -> list[plan.Aggregate]:
    """Return what groups come to by a function that is told, of the column told with it, if any."""
    known = _only(query)
    same = [each for each in known if each.function == function]
    if function == "count" or column is None or not query.group:
        return same if element.positions else known
    if any(each in same for each in _called(sentence, query, element)):
        return same  # "an average listing price above 300, and the average price"
    alias = {source.table: source.alias for source in sources(query)}.get(column.table)
    keys = {key.source for key in query.group if isinstance(key, plan.ColumnRef)}
    if alias is None or (query.joins and alias in keys):
        return same  # each row has it, whatever else is joined
    argument = plan.ColumnRef(alias, column.column)
    return [plan.Aggregate(aggregate_function(function), argument)]


def amount_called(sentence: Sentence, query: plan.Query, element: Element) -> list[plan.Aggregate]:
    """Return what groups were added up by, where a name fits no column in full but that, too.

    "By total hours worked, with name and hours", though each has its ``overtime_hours``, too.
    """
    items = [sentence.items[at] for at in element.positions]
    full = max((item.best_column() for item in items), default=1.0) >= _EXACT
    return [] if full else _called(sentence, query, element)


def _called(sentence: Sentence, query: plan.Query, element: Element) -> list[plan.Aggregate]:
    """Return the one aggregate of the groups, if each word of an element may name its column."""
    items = [sentence.items[at] for at in element.positions]
    return [
        each
        for each, column in _of_columns(query)
        if all(any((h.table, h.column) == column for h in item.column_hits()) for item in items)
    ]


def added_up(query: plan.Query, column: Meant) -> list[plan.Aggregate]:
    """Return what was added up of a column: "with the highest total payments, name and amount"."""
    known = _of_columns(query) if query.group else []
    return [each for each, told in known if told == (column.table, column.column)]


def said_totals(sentence: Sentence, query: plan.Query, element: Element) -> list[plan.Aggregate]:
    """Return what the groups came to, if the element calls it so: "number and total"."""
    words = {sentence.items[at].last_word for at in element.positions}
    return [each for each in _only(query) if words and words <= _CALLED[each.function]]


def _only(query: plan.Query) -> list[plan.Aggregate]:
    """Return the one aggregate that the groups are shown with, sorted or chosen by."""
    terms = [term.left for term in plan.parts(query.having) if isinstance(term, plan.Compare)]
    told = [*(o.expression for o in query.outputs), *(key.expression for key in query.order)]
    found = dict.fromkeys(each for each in [*told, *terms] if isinstance(each, plan.Aggregate))
    return list(found) if len(found) == 1 else []


def _of_columns(query: plan.Query) -> list[tuple[plan.Aggregate, tuple[str | None, str]]]:
    """Return the one aggregate of the groups with its table and column, if it is of a column."""
    tables = {source.alias: source.table for source in sources(query)}
    return [
        (each, (tables.get(each.argument.source), each.argument.column))
        for each in _only(query)
        if isinstance(each.argument, plan.ColumnRef)
    ]
