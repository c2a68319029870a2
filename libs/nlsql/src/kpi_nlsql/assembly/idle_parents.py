"""Idle parents: a table of which nothing is said, and which every row referring to it has.

"trainees who never attended a workshop" have no row in ``workshop_attendance``: that each of its
rows is of one workshop goes without saying, and the workshops need not be joined. Nor need they
where nothing but their number is shown, which the rows have themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import expressions, queries
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.sentence import Sentence

_SURE = 0.9


def without_idle_parents(query: plan.Query, sentence: Sentence) -> plan.Query:
    """Return the query without joins to rows that are only known to be there."""
    named = {hits[0].table for item in sentence.items if (hits := item.table_hits())}
    surely = {hit.table for item in sentence.items for hit in item.hits if _is_sure(hit)}
    pruned = _pruned(query, sentence.graph, surely, nested=False)
    return _with_held_keys(pruned, sentence.graph, named)


def _is_sure(hit: NameHit) -> bool:
    return hit.column is None and hit.score >= _SURE


def _with_held_keys(query: plan.Query, graph: Graph, named: set[str]) -> plan.Query:
    """Return the query with keys shown as the rows have them that refer to others by them."""
    for step in () if query.group else reversed(query.joins):
        pair = _pair(step)
        if pair is None:
            continue
        key, held = pair
        shown = sum(output.expression == key for output in query.outputs)
        table = graph.table(step.source.table) if graph.has_table(step.source.table) else None
        if table is None or table.name in named or _spoken_of(query, step) != 1 + shown:
            continue
        if shown and table.identifies((key.column,)):
            outputs = tuple(
                replace(o, expression=held) if o.expression == key else o for o in query.outputs
            )
            joins = tuple(other for other in query.joins if other is not step)
            query = replace(query, outputs=outputs, joins=joins)
    return query


def _pair(step: plan.JoinStep) -> tuple[plan.ColumnRef, plan.ColumnRef] | None:
    """Return the column of the table joined and that of another table by which the two meet."""
    match = step.on[0] if len(step.on) == 1 else None
    if not isinstance(match, plan.Match) or step.outer or step.source.query is not None:
        return None
    left, right = match.left, match.right
    own = step.source.alias
    if (left.source == own) == (right.source == own):
        return None
    return (left, right) if left.source == own else (right, left)


def _pruned(query: plan.Query, graph: Graph, surely: set[str], *, nested: bool) -> plan.Query:
    where = None if query.where is None else _within(query.where, graph, surely)
    query = replace(query, where=where)
    for step in reversed(query.joins):
        weak = nested and step.source.table not in surely
        held = _referring(query, step, graph, weak=weak)
        if held is None or (held.source == query.source.alias and not nested):
            continue
        joins = tuple(other for other in query.joins if other is not step)
        terms = [] if query.where is None else [query.where]
        if not weak and _may_be_empty(query, held, graph):
            terms.append(plan.Not(plan.IsNull(held)))
        query = replace(query, joins=joins, where=plan.all_of(terms))
    return query


def _within(term: plan.Condition, graph: Graph, surely: set[str]) -> plan.Condition:
    if isinstance(term, plan.All | plan.AnyOf):
        return replace(term, terms=tuple(_within(each, graph, surely) for each in term.terms))
    if isinstance(term, plan.Not):
        return plan.Not(_within(term.term, graph, surely))
    if isinstance(term, plan.Exists | plan.InQuery) and isinstance(term.query, plan.Query):
        return replace(term, query=_pruned(term.query, graph, surely, nested=True))
    return term


def _referring(
    query: plan.Query, step: plan.JoinStep, graph: Graph, *, weak: bool
) -> plan.ColumnRef | None:
    """Return the column by which rows refer to those of a join that nothing else speaks of.

    ``weak``: no words surely name the rows joined, "whose customer is in CRM", where no key is
    declared: the noun only leads to the key.
    """
    pair = _pair(step)
    if pair is None or _spoken_of(query, step) > 1:
        return None
    key, held = pair
    table = _table(query, held.source, graph)
    if table is None or not graph.has_table(step.source.table):
        return None
    between = graph.joins_between(table.name, step.source.table)
    weak = weak and graph.table(step.source.table).identifies((key.column,))
    weak = weak and not any(join.kind == "foreign_key" for join in between)
    referring = any(
        (join.left_columns, join.right_columns) == ((held.column,), (key.column,))
        and (weak or (join.kind == "foreign_key" and join in graph.joins))
        for join in between
    )
    return held if referring else None


def _spoken_of(query: plan.Query, step: plan.JoinStep) -> int:
    """Return how many columns of a join are spoken of: one is that by which it is joined."""
    return sum(source == step.source.alias for source in _spoken(query))


def _spoken(query: plan.Query) -> Iterator[str | None]:
    for each in queries(query):
        for leaf in expressions(each):
            if isinstance(leaf, plan.ColumnRef | plan.Star):
                yield leaf.source


def _table(query: plan.Query, alias: str, graph: Graph) -> Table | None:
    sources = [query.source, *(step.source for step in query.joins)]
    named = [s.table for s in sources if s.alias == alias and s.query is None]
    return graph.table(named[0]) if named and graph.has_table(named[0]) else None


def _may_be_empty(query: plan.Query, held: plan.ColumnRef, graph: Graph) -> bool:
    table = _table(query, held.source, graph)
    if table is None or not table.column(held.column).nullable:
        return False
    keys = {*table.primary_key, *(column for pair in table.key_pairs for column in pair)}
    return held.column not in keys
