"""Oddities of a plan as such: other rows' days, rows nothing is said of, codes that are summed."""

from __future__ import annotations

from kpi_nlsql.english.words import all_stems, stems
from kpi_nlsql.judging.doubts import meets_one
from kpi_nlsql.judging.held import Held, best_name
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import conditions, queries
from kpi_nlsql.schema.graph import Column, Graph
from kpi_nlsql.sentence import Sentence

_NAMED_AT_ALL = 0.01
_NAMED = 0.8
_PARTLY = 0.6
_TIMES = frozenset(stems("date day time on at"))


def plan_oddities(sentence: Sentence, query: plan.Plan, held: Held) -> dict[str, bool]:
    """Return by name whether a plan has each of the oddities."""
    selects = list(queries(query))
    return {
        "other_day": any(_tests_other_day(sentence, each, held) for each in selects),
        "rows_untold": _shows_untold(sentence, query, held),
        "code_summed": any(_sums_code(sentence.graph, each, held) for each in selects),
    }


def _column(graph: Graph, held: Held, column: object) -> Column | None:
    if not isinstance(column, plan.ColumnRef):
        return None
    return graph.find_column(held.table_of(column), column.column)


def _tests_other_day(sentence: Sentence, query: plan.Query, held: Held) -> bool:
    # "How many visits did each clinic have in 2025?" asks for the day of the visit, not for
    # the one on which the clinic was opened.
    own = query.source.table
    graph = sentence.graph
    if not graph.has_table(own) or not any(column.dated for column in graph.table(own).columns):
        return False
    return any(
        isinstance(subject, plan.ColumnRef)
        and held.aliases.get(subject.source) != own
        and (column := _column(graph, held, subject)) is not None
        and column.dated
        and best_name(sentence.items, subject, held) < _NAMED_AT_ALL
        and not _is_told_by_verb(sentence, column)
        for subject in map(_on_day, conditions(query))
    )


def _is_told_by_verb(sentence: Sentence, column: Column) -> bool:
    # "badges of employees hired in May" are told by the day of hiring, part of what names these
    words = all_stems(column.display_names) - _TIMES
    return bool(words & sentence.naming_stems())


def _on_day(term: plan.Condition) -> plan.Expression | None:
    if isinstance(term, plan.Compare) and isinstance(term.right, plan.Constant):
        return term.left
    return term.subject if isinstance(term, plan.Between | plan.RecentDays) else None


def _shows_untold(sentence: Sentence, query: plan.Plan, held: Held) -> bool:
    # "Stock with a reserved quantity above the one on hand" asks for the rows that are told of,
    # not for those of a table that is joined to them; but "trips of drivers from York" for trips.
    first = next(queries(query))
    shown = {o.expression.source for o in first.outputs if isinstance(o.expression, plan.Star)}
    terms = list(plan.parts(first.where))
    if len(shown) != 1 or None in shown or not first.joins or not terms:
        return False
    if _asks_rows_of_others(sentence, first, shown) or _tells_kind(sentence, first, held):
        return False
    tested = {
        side.source
        for term in terms
        for side in (getattr(term, "subject", None), getattr(term, "left", None))
        if isinstance(side, plan.ColumnRef)
    }
    return not shown & tested and not any(isinstance(term, plan.Exists) for term in terms)


def _asks_rows_of_others(sentence: Sentence, query: plan.Query, shown: set[str | None]) -> bool:
    """Tell whether rows are named, and behind them those they belong to."""
    named = [table for item in sentence.items if (table := _named(item)) is not None]
    others = {step.source.table for step in query.joins}
    own = query.source.table
    behind = named[named.index(own) + 1 :] if own in named else []
    return query.source.alias in shown and bool(others & set(behind))


def _tells_kind(sentence: Sentence, query: plan.Query, held: Held) -> bool:
    """Tell whether rows are named, and then only what the one row is that each of them has.

    "Orders in the North region" are those of a customer there: the column is named, too.
    """
    named = any(_named(item) == query.source.table for item in sentence.items)
    one = all(meets_one(sentence.graph, step) for step in query.joins)
    terms = list(plan.parts(query.where)) if named and one else []
    return bool(terms) and all(
        isinstance(term, plan.Compare)
        and term.operator == "="
        and isinstance(term.right, plan.Constant)
        and isinstance(term.left, plan.ColumnRef)
        and best_name(sentence.items, term.left, held) >= _NAMED
        for term in terms
    )


def _named(item: Item) -> str | None:
    """Return the table that an item names, and is no column of: "OPS products"."""
    score = item.best_table()
    surely = score >= _NAMED or (score >= _PARTLY and score > item.best_column())
    return item.table_hits()[0].table if surely else None


def _sums_code(graph: Graph, query: plan.Query, held: Held) -> bool:
    # "What did we bill in total?" asks for no sum of ``SHIPMENT_REF``.
    for output in query.outputs:
        summed = output.expression
        if not isinstance(summed, plan.Aggregate) or summed.function not in {"sum", "avg"}:
            continue
        column = _column(graph, held, summed.argument)
        if column is None or not isinstance(summed.argument, plan.ColumnRef):
            continue
        table = held.table_of(summed.argument)
        key = column.name in graph.table(table).primary_key
        if key or not column.measures or (table, column.name) in graph.references:
            return True
    return False
