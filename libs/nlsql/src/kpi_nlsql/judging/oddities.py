"""Oddities: traits of a plan that are too rare to fit weights to, and mostly mark a misreading.

Each takes off as much. Those that hardly need the sentence stand in ``plan_oddities``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_nlsql.judging.held import Held
from kpi_nlsql.judging.plan_oddities import plan_oddities
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import conditions, expressions, queries
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.naming_columns import naming_columns
from kpi_nlsql.sentence import Sentence

_NAMED = 0.8
_ODD = 0.6
_PASSED_OVER = frozenset(
    "a an the any all some their its his her corresponding respective associated related".split()  # noqa: SIM905
)


def oddness(sentence: Sentence, query: plan.Plan) -> float:
    """Return what is left (0..1) of the likelihood that a reading is right."""
    return float(_ODD ** sum(oddities(sentence, query).values()))


def oddities(sentence: Sentence, query: plan.Plan) -> dict[str, bool]:
    """Return by name whether a plan has each of the oddities."""
    held = Held(query)
    return {
        "unread_order": _leaves_order(sentence, query),
        "denied_alone": _denies_alone(sentence, query, held),
        "denied_beside_group": _denies_beside_group(query),
        "empty_output": _is_empty(sentence, query),
        "number_for_text": _compares_text(sentence.graph, query, held),
        **plan_oddities(sentence, query, held),
    }


def _leaves_order(sentence: Sentence, query: plan.Plan) -> bool:
    # "sort the result in ascending order", and nothing is sorted.
    asked = any(item.is_cue("ascending") or item.is_cue("descending") for item in sentence.items)
    return asked and not any(each.order for each in queries(query))


def _denies_alone(sentence: Sentence, query: plan.Plan, held: Held) -> bool:
    # "who has no student friends" denies friends, not that the person is a student; but "never
    # counted" says that the ``LAST_COUNT_DATE`` is empty.
    empty = {held.names(column) for column in _emptied(query)}
    return len(held.tables) == 1 and any(
        named.hits
        and not named.values
        and not any(hit.table in held.tables for hit in _likely(named))
        and not any((hit.table, str(hit.column).lower()) in empty for hit in named.hits)
        for named in _denied(sentence.items)
    )


def _emptied(query: plan.Plan) -> Iterator[plan.ColumnRef]:
    """Yield the columns that must have no value."""
    for term in (term for each in queries(query) for term in conditions(each)):
        if isinstance(term, plan.IsNull) and isinstance(term.subject, plan.ColumnRef):
            yield term.subject


def _denied(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the nouns right behind a denial, past what describes them."""
    for position, item in enumerate(items):
        noun = position + 1
        while item.is_cue("not") and noun < len(items):
            described = bool(items[noun].values) and not items[noun].hits
            if items[noun].text not in _PASSED_OVER and not described:
                yield items[noun]
                break
            noun += 1


def _likely(item: Item) -> list[NameHit]:
    best = max(hit.score for hit in item.hits)
    return [hit for hit in item.hits if hit.score >= min(best, _NAMED)]


def _denies_beside_group(query: plan.Plan) -> bool:
    # "the average rating of each film that A has not reviewed": what is denied is denied of the
    # film, not of one rating.
    if not isinstance(query, plan.Query) or not query.joins:
        return False
    keys = {key.source for key in query.group if isinstance(key, plan.ColumnRef)}
    own = query.source.alias
    leaves = (
        leaf
        for term in plan.conjuncts(query.where)
        if isinstance(term, plan.Not) and isinstance(term.term, plan.Exists)
        for leaf in expressions(term.term.query)
    )
    denied = any(isinstance(leaf, plan.ColumnRef) and leaf.source == own for leaf in leaves)
    return bool(keys) and own not in keys and denied


def _is_empty(sentence: Sentence, query: plan.Plan) -> bool:
    # "project names which are not assigned" are those of projects, not names that are left empty.
    told = any(item.is_cue("null") and item.text.startswith("not ") for item in sentence.items)
    if not told or not isinstance(query, plan.Query):
        return False
    graph, table = sentence.graph, query.source.table
    shown = {output.expression for output in query.outputs}
    if graph.has_table(table) and any(isinstance(each, plan.Star) for each in shown):
        names = naming_columns(graph.table(table))
        shown |= {plan.ColumnRef(query.source.alias, name) for name in names}
    return any(
        isinstance(term, plan.IsNull) and term.subject in shown for term in conditions(query)
    )


def _compares_text(graph: Graph, query: plan.Plan, held: Held) -> bool:
    # "races held between 2014 and 2017" have no such name.
    terms = (term for each in queries(query) for term in conditions(each))
    return any(
        isinstance(subject, plan.ColumnRef)
        and subject.source in held.aliases
        and _is_no_value(graph, held.aliases[subject.source], subject.column, values)
        for term in terms
        for subject, values in _compared(term)
    )


def _compared(term: plan.Condition) -> Iterator[tuple[plan.Expression, tuple[str, ...]]]:
    if isinstance(term, plan.Between):
        yield term.subject, (str(term.low.value), str(term.high.value))
    elif isinstance(term, plan.Compare) and isinstance(term.right, plan.Constant):
        yield term.left, (str(term.right.value),)


def _is_no_value(graph: Graph, table: str, name: str, values: Sequence[str]) -> bool:
    """Tell whether numbers are looked for in a column of texts, none of which is one of them."""
    column = graph.find_column(table, name)
    if column is None:
        return False
    known = {value.lower() for value in column.values}
    numbers = all(value.replace(".", "", 1).isdigit() for value in values)
    texts = bool(known) and not column.measures and not column.dated
    return numbers and texts and not known & {value.lower() for value in values}
