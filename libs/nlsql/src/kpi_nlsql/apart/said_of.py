"""Said of: what one plan says of its rows, as conditions on the rows of another."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.nesting import ANY, nested
from kpi_nlsql.plans.plan_walk import moved, queries, sources
from kpi_nlsql.schema.pairing import pairings
from kpi_nlsql.sentence import Sentence


def said_of(sentence: Sentence, query: plan.Query, further: plan.Query) -> list[plan.Condition]:
    """Return the conditions of a further plan on the rows of a query; none if nothing pairs them.

    Rows of another table are the rows that the query's meet: "active in B" says that there is a
    row in B, and that it is active.
    """
    table, alias = query.source.table, query.source.alias
    further = nested(_renamed(further, query))
    if further.source.table == table:
        return [moved(term, further.source.alias, alias) for term in plan.conjuncts(further.where)]
    pairing = next(iter(pairings(sentence, table, further.source.table)), None)
    if pairing is None:
        return []
    on = pairing.conditions(alias, further.source.alias)
    where = plan.all_of([*on, *plan.conjuncts(further.where)])
    return [plan.Exists(plan.Query(ANY, further.source, where=where))]


def spelt_out(term: plan.Condition) -> plan.Condition:
    """Return a condition with each of several values asked for by itself."""
    if not isinstance(term, plan.OneOf):
        return term
    return plan.AnyOf(tuple(plan.Compare(term.subject, "=", value) for value in term.values))


def _renamed(query: plan.Query, beside: plan.Query) -> plan.Query:
    """Return a query that calls no table like the other does."""
    taken = set(_names(beside))
    for name in list(_names(query)):
        if name in taken:
            free = next(f"{name}_{n}" for n in count(2) if f"{name}_{n}" not in taken)
            query = moved(query, name, free)
            taken.add(free)
    return query


def _names(query: plan.Query) -> Iterable[str]:
    return [source.alias for select in queries(query) for source in sources(select)]
