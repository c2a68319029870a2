"""Compared pairs: the rows of two tables with two amounts that a reading says to differ."""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.sentence import Candidate


def difference(candidate: Candidate, graph: Graph) -> tuple[plan.Query, plan.Arithmetic] | None:
    """Return a reading's query without the condition that two amounts differ, and their difference.

    None of a reading that finds no differing amounts, or compares what is none. The rows compared
    are joined, so each row comes with its difference.
    """
    query = candidate.plan
    if candidate.operation != "NOT_EQUALS" or not isinstance(query, plan.Query):
        return None
    if query.group or query.limit:
        return None
    query = _joined(query)
    terms = plan.conjuncts(query.where)
    told = [(term, pair) for term in terms if (pair := _compared(term)) is not None]
    if len(told) != 1:
        return None
    term, (left, right) = told[0]
    sources = (query.source, *(join.source for join in query.joins))
    tables = {source.alias: graph.table(source.table) for source in sources}
    if not all(tables[each.source].column(each.column).measures for each in (left, right)):
        return None
    where = plan.all_of([each for each in terms if each is not term])
    return replace(query, where=where, distinct=False), plan.Arithmetic("-", left, right)


def _joined(query: plan.Query) -> plan.Query:
    """Return the query with the rows compared joined, where it asks whether there are any."""
    terms = plan.conjuncts(query.where)
    for term in terms:
        if not isinstance(term, plan.Exists):
            continue
        inner = plan.conjuncts(term.query.where)
        compared = [each for each in inner if _compared(each) is not None]
        if compared and not term.query.group:
            on = tuple(each for each in inner if each not in compared)
            step = plan.JoinStep(term.query.source, on)
            where = plan.all_of([*(each for each in terms if each is not term), *compared])
            return replace(query, joins=(*query.joins, step, *term.query.joins), where=where)
    return query


def _compared(term: plan.Condition) -> tuple[plan.ColumnRef, plan.ColumnRef] | None:
    """Return the two columns of different rows that a condition says to be unlike."""
    for part in plan.parts(term):
        match part:
            case plan.Compare(plan.ColumnRef() as left, "!=", plan.ColumnRef() as right):
                return (left, right) if left.source != right.source else None
    return None
