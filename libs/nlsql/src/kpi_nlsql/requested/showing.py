"""Putting requested columns onto a plan: a match that was only tested for becomes a join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.grammar.contrast.layout import lists_beside
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import sources
from kpi_nlsql.requested.columns import Meant, meant
from kpi_nlsql.requested.groups_told import added_up, amount_called, come_to, said_totals
from kpi_nlsql.requested.spans import Element
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns
from kpi_nlsql.sentence import Sentence

_FARTHEST = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan that shows the columns; ``score`` is how well the worst of the names fits (0..1)."""

    query: plan.Query
    score: float


def shown(sentence: Sentence, query: plan.Plan, elements: Sequence[Element]) -> Shown | None:
    """Return the plan with the listed columns as its outputs; None where one is not to be had."""
    if not isinstance(query, plan.Query):
        return None
    grouped = _grouped(sentence, query)
    if grouped is not None and any(_sums_up(sentence, grouped, each) for each in elements):
        query = grouped
    if not _may_show(sentence, query, elements):
        return None
    listed: list[Meant | plan.Aggregate] = []
    for element in elements:
        found = _expressions(sentence, query, element)
        if not found:
            return None
        listed += found
    columns = [each for each in listed if isinstance(each, Meant)]
    for table in dict.fromkeys(column.table for column in columns):
        joined = with_table(sentence, query, table)
        if joined is None:
            return None
        query = joined
    aliases = {source.table: source.alias for source in sources(query)[::-1]}
    told = [
        plan.ColumnRef(aliases[each.table], each.column) if isinstance(each, Meant) else each
        for each in listed
    ]
    listed_outputs = [_output(each) for each in told]
    kept = _keys(sentence, query, elements, columns) if columns else _kept(sentence, query)
    kept = [each for each in kept if each not in listed_outputs]
    outputs = tuple(dict.fromkeys([*kept, *listed_outputs]))
    keys = [o.expression for o in outputs if isinstance(o.expression, plan.ColumnRef)]
    keys = keys if query.group else []
    group = tuple(dict.fromkeys([*query.group, *keys]))
    whole = replace(query, outputs=outputs, group=group)
    return Shown(whole, min((column.score for column in columns), default=1.0))


def _keys(
    sentence: Sentence, query: plan.Query, elements: Sequence[Element], listed: Sequence[Meant]
) -> list[plan.Output]:
    """Return the key of rows of a landed table that nothing listed names: "rentals, with dates"."""
    rows = plan.Star(query.source.alias) in [output.expression for output in query.outputs]
    first = min((at for each in elements for at in each.positions), default=0)
    if query.group or not rows or not lists_beside(sentence.items, first):
        return []
    if not sentence.graph.landed:
        return []
    table = sentence.graph.table(query.source.table)
    if {each.column for each in listed if each.table == table.name} & {*naming_columns(table)}:
        return []
    return [plan.Output(plan.ColumnRef(query.source.alias, key)) for key in key_columns(table)]


def _kept(sentence: Sentence, query: plan.Query) -> list[plan.Output]:
    """Return what tells the rows apart beside what they come to."""
    whole = any(isinstance(output.expression, plan.Star) for output in query.outputs)
    if query.group and whole:  # "list all courses together with their number of enrolments"
        names = naming_columns(sentence.graph.table(query.source.table))
        return [plan.Output(plan.ColumnRef(query.source.alias, name)) for name in names]
    return [o for o in query.outputs if isinstance(o.expression, plan.ColumnRef)]


def _may_show(sentence: Sentence, query: plan.Query, elements: Sequence[Element]) -> bool:
    """Tell whether rows are shown, or groups of which the list names what they come to."""
    if query.source.query is not None:
        return False
    if query.group:
        return any(_sums_up(sentence, query, each) for each in elements)
    return all(isinstance(o.expression, plan.ColumnRef | plan.Star) for o in query.outputs)


def _grouped(sentence: Sentence, query: plan.Query) -> plan.Query | None:
    """Return the plan with the rows that a condition counts joined and counted for each row."""
    # "Customers with orders totalling more than 900: number and total".
    terms = plan.conjuncts(query.where)
    counted = [t for t in terms if isinstance(t, plan.Exists) and t.query.having is not None]
    if query.group or len(counted) != 1 or not sentence.graph.has_table(query.source.table):
        return None
    keys = key_columns(sentence.graph.table(query.source.table))
    return replace(
        _joined(query, counted[0]),
        group=tuple(plan.ColumnRef(query.source.alias, key) for key in keys),
        having=counted[0].query.having,
        distinct=False,
    )


def _sums_up(sentence: Sentence, query: plan.Query, element: Element) -> bool:
    if element.function or said_totals(sentence, query, element):
        return True
    return any(isinstance(each, plan.Aggregate) for each in _expressions(sentence, query, element))


def _output(expression: plan.ColumnRef | plan.Aggregate) -> plan.Output:
    if isinstance(expression, plan.ColumnRef):
        return plan.Output(expression)
    of = expression.argument
    name = f"{expression.function}_{of.column}" if isinstance(of, plan.ColumnRef) else "count"
    return plan.Output(expression, name)


def _expressions(
    sentence: Sentence, query: plan.Query, element: Element
) -> list[Meant | plan.Aggregate]:
    """Return what a listed name means; nothing where that is not clear."""
    if element.both:
        return list(_compared(query))
    if element.function:
        told = meant(sentence, element, _tables(query)) if element.positions else None
        return list(come_to(sentence, query, element, element.function, told))
    if query.group and (totals := said_totals(sentence, query, element)):
        return list(totals)
    if query.group and (summed := amount_called(sentence, query, element)):
        return list(summed)
    column = meant(sentence, element, _tables(query)) or _own_key(sentence, element, query)
    column = column or _nearby(sentence, element, query)
    if column is not None and (summed := added_up(query, column)):
        return list(summed)
    if column is None and len(element.positions) > 1 and _ends_with_total(sentence, element):
        summed_up = replace(element, positions=element.positions[:-1], function="sum")
        return _expressions(sentence, query, summed_up)  # "their overtime total"
    return [] if column is None else [column]


def _ends_with_total(sentence: Sentence, element: Element) -> bool:
    return sentence.items[element.positions[-1]].text == "total"


def _own_key(sentence: Sentence, element: Element, query: plan.Query) -> Meant | None:
    # "reports without an agreement: report number, agreement number": the one the report has.
    denied = [term.term for term in plan.conjuncts(query.where) if isinstance(term, plan.Not)]
    for term in denied:
        if not isinstance(term, plan.Exists):
            continue
        column = meant(sentence, element, [term.query.source.table])
        for part in plan.parts(term.query.where):
            if not isinstance(part, plan.Match) or part.left.source != query.source.alias:
                continue
            if column is not None and part.right.column == column.column:
                return Meant(query.source.table, part.left.column, column.score)
    return None


def _compared(query: plan.Query) -> list[Meant]:
    """Return the two columns of different tables that are set against each other, if only two."""
    tables = {source.alias: source.table for source in sources(query)}
    conditions = list(plan.parts(query.where))
    for term in _tested(query):
        tables[term.query.source.alias] = term.query.source.table
        conditions += plan.parts(term.query.where)
    pairs = {
        (term.left, term.right)
        for term in conditions
        if isinstance(term, plan.Compare)
        if isinstance(term.left, plan.ColumnRef) and isinstance(term.right, plan.ColumnRef)
    }
    if len(pairs) != 1:
        return []
    return [Meant(tables[side.source], side.column, 1.0) for side in next(iter(pairs))]


def _tables(query: plan.Query) -> list[str]:
    """Return the tables whose columns can be shown, that of the rows first."""
    matched = [term.query.source.table for term in _tested(query)]
    return list(dict.fromkeys([*(source.table for source in sources(query)), *matched]))


def _tested(query: plan.Query) -> list[plan.Exists]:
    """Return the matches that each row must have."""
    return [
        term
        for term in plan.conjuncts(query.where)
        if isinstance(term, plan.Exists) and not term.query.group and term.query.having is None
    ]


def _nearby(sentence: Sentence, element: Element, query: plan.Query) -> Meant | None:
    """Return a column of the one row of another table that each row refers to."""
    source = query.source.table
    near = [
        table.name
        for table in sentence.graph.tables
        if table.name != source and refers(sentence, source, table.name)
    ]
    return meant(sentence, element, near) if near else None


def refers(sentence: Sentence, source: str, table: str) -> bool:
    """Tell whether each row of a table has one of another, or one of what it has one of."""
    found = sentence.paths.path(source, table)
    if found is None or len(found[1]) > _FARTHEST:
        return False
    return all(sentence.paths.to_one(join, sentence.graph) for join in found[1])


def with_table(sentence: Sentence, query: plan.Query, table: str) -> plan.Query | None:
    """Return the plan with a table among those it reads from."""
    if any(source.table == table for source in sources(query)):
        return query
    for term in _tested(query):
        if term.query.source.table == table:
            return _joined(query, term)
    found = sentence.paths.path(query.source.table, table)
    if found is None:
        return None
    for join in found[1]:
        if any(source.table == join.right_table for source in sources(query)):
            continue
        left = {source.table: source.alias for source in sources(query)}[join.left_table]
        on = tuple(
            plan.Match(plan.ColumnRef(left, a), plan.ColumnRef(join.right_table, b))
            for a, b in zip(join.left_columns, join.right_columns, strict=True)
        )
        step = plan.JoinStep(plan.Source(join.right_table, join.right_table), on)
        query = replace(query, joins=(*query.joins, step))
    return query


def _joined(query: plan.Query, term: plan.Exists) -> plan.Query:
    """Return the plan with a match joined that was only tested for; each row stands once."""
    inner = term.query
    parts = plan.conjuncts(inner.where)
    on = tuple(part for part in parts if isinstance(part, plan.Match))
    rest = [other for other in (*plan.conjuncts(query.where), *parts) if other is not term]
    return replace(
        query,
        joins=(*query.joins, plan.JoinStep(inner.source, on), *inner.joins),
        where=plan.all_of([other for other in rest if not isinstance(other, plan.Match)]),
        distinct=True,
    )
