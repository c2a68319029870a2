"""Spoken keys: bookings "with a member number that is not in the register" have a member number.

So have those "for a member who is not in the register", and those that "refer to" one. Where rows
are denied of which nothing but the rows is spoken ("bookings without a member"), one without a
number counts, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.sentence import Candidate, Sentence

_HAVING = frozenset(
    "with have has having carry carries carrying hold holds holding bear bears show "  # noqa: SIM905
    "shows contain contains whose".split()
)
_REFERRING = frozenset({"for", "to", "against", "on"})
_DETERMINERS = frozenset({"a", "an", "the", "their", "its", "some"})
_NAMED = 0.5


def with_spoken_keys(sentence: Sentence, candidate: Candidate) -> Candidate:
    """Return the reading with rows left out that lack a key that they are said to have."""
    query = candidate.plan
    if not isinstance(query, plan.Query) or query.where is None:
        return candidate
    known = {term for term in plan.conjuncts(query.where) if isinstance(term, plan.Not)}
    missing: list[plan.Condition] = [
        plan.Not(plan.IsNull(key))
        for key, table in dict.fromkeys(_denied_keys(query))
        if _is_listed(query, key) or _is_spoken(sentence, query.source.table, key.column, table)
    ]
    added = [term for term in missing if term not in known]
    if not added:
        return candidate
    whole = replace(query, where=plan.All((*added, *plan.conjuncts(query.where))))
    keys = ", ".join(key.column for key, _ in dict.fromkeys(_denied_keys(query)))
    told = f"{candidate.explanation} and that have a value of {keys}"
    told = explain(whole) if candidate.kind == "general" else told
    return replace(candidate, plan=whole, explanation=told)


def _is_listed(query: plan.Query, key: plan.ColumnRef) -> bool:
    # "product codes used in A but not in B": each code once, and no code is none
    return query.distinct and [output.expression for output in query.outputs] == [key]


def _denied_keys(query: plan.Query) -> Iterator[tuple[plan.ColumnRef, str]]:
    """Yield the columns of the rows asked for by which a match is denied, and in which table."""
    for term in plan.conjuncts(query.where):
        if not isinstance(term, plan.Not) or not isinstance(term.term, plan.Exists):
            continue
        inner = term.term.query
        matches = [part for part in plan.parts(inner.where) if isinstance(part, plan.Match)]
        keys = [m.left for m in matches if m.left.source == query.source.alias]
        if len(keys) == 1:
            yield keys[0], inner.source.table


def _is_spoken(sentence: Sentence, table: str, column: str, denied: str) -> bool:
    """Tell whether the rows are said to have the key, or what it refers to, before it is denied."""
    items = sentence.linked
    first = next((at for at, item in enumerate(items) if _denies(item)), 0)
    meant: set[tuple[str, str | None]] = {(table, column)}
    if not sentence.graph.table(table).identifies((column,)):
        meant.add((denied, None))
    for position in range(1, first):
        lead = skip_words_back(items, position - 1, _DETERMINERS)
        if lead <= 0 or items[lead].text not in _HAVING | _REFERRING:
            continue
        hits = {(hit.table, hit.column) for hit in items[position].hits if hit.score >= _NAMED}
        rows = [hit.table for hit in items[position].table_hits()[:1]]
        if rows != [table] and hits & meant:
            return True
    return False


def _denies(item: Item) -> bool:
    return item.is_cue("not") or item.is_cue("missing")
