"""Doubts about what is shown: nobody asks for what they tell, or for what no word names."""

from __future__ import annotations

from kpi_nlsql.english.words import stems
from kpi_nlsql.judging.held import Held
from kpi_nlsql.judging.unnamed_column import is_told, unnamed_column
from kpi_nlsql.mentions.linking import Item
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
    told = [item for item in sentence.linked if item.is_cue("aggregate")]
    asked = {item.text for item in told}
    if asked == {"total"} and candidate.kind == "reconcile" and _holds_total(sentence, query):
        return False
    functions, read = {item.argument("aggregate") for item in told}, _aggregates(query)
    if "avg" in functions and "avg" not in read:
        return True  # "vendors whose average invoice exceeds 1000", and the total is compared
    sorts = any(each.order for each in queries(query))
    sorted_alone = sorts and ("sum" not in functions or _holds_total(sentence, query))
    return bool(asked) and not sorted_alone and not read


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
    if not counted:
        return False
    held, told = Held(query), _aggregates(query)
    nouns = [next((i for i in items[at + 1 :] if i.kind == "mention"), None) for at in counted]
    rows = {noun.table_hits()[0].table for noun in nouns if noun is not None and _names_rows(noun)}
    if told:  # "cities with the number of customers and the number of orders"
        return len(rows) > len(told)
    return any(
        noun is None or _names_rows(noun) or not any(held.has(hit) for hit in noun.column_hits())
        for noun in nouns
    )


def _names_rows(item: Item) -> bool:
    return item.best_table() > item.best_column()


def _aggregates(query: plan.Plan) -> list[str]:
    """Return by what functions a plan counts, sums or picks out the most, anywhere."""
    found: list[str] = []
    for each in queries(query):
        told: list[object] = [output.expression for output in each.outputs]
        told += [order.expression for order in each.order]
        for term in conditions(each):
            told += [getattr(term, "left", None), getattr(term, "right", None)]
        found += [function for expression in told for function in _functions(expression)]
    return found


def _functions(expression: object) -> list[str]:
    if isinstance(expression, plan.Arithmetic):
        return [*_functions(expression.left), *_functions(expression.right)]
    return [expression.function] if isinstance(expression, plan.Aggregate) else []


def _tests_unspoken(sentence: Sentence, query: plan.Plan) -> bool:
    # "policies paid in 12 instalments" says nothing of bookings, one of which were "Paid".
    hits = [hit for item in sentence.items for hit in item.hits]
    named = {hit.table for hit in hits if hit.column is None or hit.score >= _SPOKEN}
    first = next(queries(query))
    return any(
        isinstance(term, plan.Exists) and not Held(term.query).tables & named
        for term in plan.conjuncts(first.where)
    )
