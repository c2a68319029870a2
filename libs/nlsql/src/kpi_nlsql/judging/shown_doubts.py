"""Doubts about what is shown: nobody asks for what they tell, or for what no word names."""

from __future__ import annotations

from kpi_nlsql.english.words import stems
from kpi_nlsql.judging.held import Held
from kpi_nlsql.judging.unnamed_column import is_told, unnamed_column
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import conditions, queries
from kpi_nlsql.sentence import Candidate, Sentence

NAMES = ("shown_told", "shown_unnamed", "aggregate_unread", "count_unread", "unspoken_exists")
"""Every doubt made here, in a fixed order."""

_SPOKEN = 0.6
_COUNTING = frozenset({"how many", "number of", "the number of", "count of"})


def shown_doubts(sentence: Sentence, candidate: Candidate) -> dict[str, float]:
    """Return the doubts about what a reading shows, by name; 0 where there is none."""
    query = candidate.plan
    told = {
        "shown_told": is_told(query),
        "shown_unnamed": candidate.kind == "general"
        and unnamed_column(sentence, query) is not None,
        "aggregate_unread": _leaves_aggregate(sentence, candidate),
        "count_unread": _leaves_count(sentence, query),
        "unspoken_exists": _tests_unspoken(sentence, query),
    }
    return {name: float(found) for name, found in told.items()}


def _leaves_aggregate(sentence: Sentence, candidate: Candidate) -> bool:
    # "the total amount of the jobs that are not invoiced", and every amount is shown.
    query = candidate.plan
    asked = {item.text for item in sentence.linked if item.is_cue("aggregate")}
    if asked == {"total"} and candidate.kind == "reconcile" and _holds_total(sentence, query):
        return False
    sorts = any(each.order for each in queries(query))
    return bool(asked) and not sorts and not _aggregates(query)


def _holds_total(sentence: Sentence, query: plan.Plan) -> bool:
    """Tell whether a column called total is compared: "claims that exceed the order total"."""
    held = Held(query)
    return any(
        "total" in stems(name)
        for table in held.tables
        for column in sentence.graph.table(table).columns
        if (table, column.name.lower()) in held.columns
        for name in column.display_names
    )


def _leaves_count(sentence: Sentence, query: plan.Plan) -> bool:
    # "the number of floors" is a column, as the "phone number of" somebody is; "the number of
    # grades" is none, and has to be counted.
    items = sentence.items
    counted = [
        at
        for at, item in enumerate(items)
        if item.text in _COUNTING and not (at and items[at - 1].kind == "mention")
    ]
    if not counted or _aggregates(query):
        return False
    held = Held(query)
    nouns = (next((i for i in items[at + 1 :] if i.kind == "mention"), None) for at in counted)
    return any(
        noun is None or not any(held.has(hit) for hit in noun.column_hits()) for noun in nouns
    )


def _aggregates(query: plan.Plan) -> bool:
    """Tell whether a plan counts, sums or picks out the most, anywhere."""
    for each in queries(query):
        told: list[object] = [output.expression for output in each.outputs]
        told += [order.expression for order in each.order]
        for term in conditions(each):
            told += [getattr(term, "left", None), getattr(term, "right", None)]
        if any(map(_is_aggregate, told)):
            return True
    return False


def _is_aggregate(expression: object) -> bool:
    if isinstance(expression, plan.Arithmetic):
        return _is_aggregate(expression.left) or _is_aggregate(expression.right)
    return isinstance(expression, plan.Aggregate)


def _tests_unspoken(sentence: Sentence, query: plan.Plan) -> bool:
    # "policies paid in 12 instalments" says nothing of bookings, one of which were "Paid".
    hits = [hit for item in sentence.items for hit in item.hits]
    named = {hit.table for hit in hits if hit.column is None or hit.score >= _SPOKEN}
    first = next(queries(query))
    return any(
        isinstance(term, plan.Exists) and not Held(term.query).tables & named
        for term in plan.conjuncts(first.where)
    )
