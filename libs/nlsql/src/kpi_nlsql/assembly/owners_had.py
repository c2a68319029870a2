"""Owners had: rows that are had, and lack something, are not denied along with it.

"Customers with an order that has no items" have such an order, which "no order with items" would
be true of those without any order, too.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, skip_words_back
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import aliases
from kpi_nlsql.sentence import Sentence

_NAMES_TABLE = 0.6
_ARTICLES = frozenset({"a", "an", "some", "any"})
_HAVING = frozenset({"with", "have", "has", "having", "had"})
_BETWEEN = frozenset("that which who is are was were have has do does".split())  # noqa: SIM905


def with_owners_had(query: plan.Query, sentence: Sentence) -> plan.Query:
    """Return the query with rows that lack others there, where it denies any that have them."""
    had = _had_lacking(sentence)
    if not had:
        return query
    terms = [_owned(term, had) for term in plan.conjuncts(query.where)]
    return replace(query, where=plan.all_of(terms))


def _had_lacking(sentence: Sentence) -> set[str]:
    """Return the tables of which rows are said to be had, and to lack something."""
    items = sentence.items
    return {
        item.table_hits()[0].table
        for at, item in enumerate(items)
        if item.best_table() >= _NAMES_TABLE
        if _is_had(sentence, at) and _denies(item_at(items, skip_words(items, at + 1, _BETWEEN)))
    }


def _is_had(sentence: Sentence, position: int) -> bool:
    lead = skip_words_back(sentence.items, position - 1, _ARTICLES)
    having = position > 0 and sentence.items[lead].text in _HAVING
    return having and not _denies(item_at(sentence.items, lead - 1))


def _denies(item: Item | None) -> bool:
    return item is not None and (item.is_cue("not") or item.is_cue("missing"))


def _owned(term: plan.Condition, had: Set[str]) -> plan.Condition:
    """Return "none that has others" as "one that has none of them", of rows that are had."""
    denied = term.term if isinstance(term, plan.Not) else None
    if not isinstance(denied, plan.Exists) or denied.query.source.table not in had:
        return term
    owner = denied.query
    if len(owner.joins) != 1 or owner.group:
        return term
    step = owner.joins[0]
    said = plan.conjuncts(owner.where)
    of_others = [each for each in said if step.source.alias in aliases((each,))]
    lacking = plan.Query(owner.outputs, step.source, where=plan.all_of([*step.on, *of_others]))
    of_owner = [each for each in said if each not in of_others]
    kept = plan.all_of([*of_owner, plan.Not(plan.Exists(lacking))])
    return plan.Exists(replace(owner, joins=(), where=kept))
