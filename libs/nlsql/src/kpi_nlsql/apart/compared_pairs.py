"""Compared pairs: the rows of two tables with two amounts that a reading says to differ."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.pairing_rows import paired, unlike
from kpi_nlsql.plans.plan_walk import sources
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
    query = paired(query)
    terms = plan.conjuncts(query.where)
    told = [(term, pair) for term in terms for pair in unlike(term)]
    if len(told) != 1:
        return None
    term, (left, right) = told[0]
    tables = {source.alias: graph.table(source.table) for source in sources(query)}
    if not all(tables[each.source].column(each.column).measures for each in (left, right)):
        return None
    where = plan.all_of([each for each in terms if each is not term])
    return replace(query, where=where, distinct=False), plan.Arithmetic("-", left, right)


def leads_to(items: Sequence[Item], start: int, words: Set[str], farthest: int) -> bool:
    """Tell whether one of some words stands among the next items: "average [weight] difference"."""
    return any(words & set(item.text.split()) for item in items[start : start + farthest])
