"""Clause by clause: each clause of a sentence is read alone, and both hold of the rows asked for.

"Vendors that have a contract and are listed in the portal" have a contract by its key and an entry
in the portal by its own: what the clauses say never hangs from one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.apart.joints import Joint, joints
from kpi_nlsql.apart.parts import Part, Told, readings, used
from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.apart.said_of import said_of, spelt_out
from kpi_nlsql.grammar.conditions.listed_values import subject_of
from kpi_nlsql.judging import confidence
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.plans.nesting import nested
from kpi_nlsql.plans.plan_walk import aliases, moved, queries
from kpi_nlsql.plans.sameness import said
from kpi_nlsql.requested.spans import find_request
from kpi_nlsql.sentence import Candidate, Sentence

_LEAST = 0.5
_AS_GOOD = 0.05
_WITHOUT_OR = 0.3
"""How much less sure the clauses may be than the whole, and than a whole that read no "or"."""
_HEAD = "head"
_COMPARING = frozenset({"EQUALS", "NOT_EQUALS", "DUPLICATE"})

_BORDERS = frozenset({";", ":", "?", "."})


def read(sentence: Sentence, reader: Reader, whole: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the reading clause by clause, where it is as sure as those of the ``whole``."""
    tail = told_until(sentence)
    found_joints = list(joints(sentence, tail))
    ranked = confidence.rank(sentence, whole) if found_joints else []
    if ranked and ranked[0][1].operation in _COMPARING:
        return
    for joint in found_joints:
        found = _joined(sentence, joint, reader)
        listed = tail < len(sentence.tokens)
        if found is None or (listed and _shows_rows(found)):
            continue
        if not ranked:
            yield found
        elif (better := _beside(sentence, found, *ranked[0])) is not None:
            yield better
        return


def told_until(sentence: Sentence) -> int:
    """Return the token with which a list of columns begins; the end if there is none."""
    tokens, request = sentence.tokens, find_request(sentence.items)
    end = len(tokens)
    if request is not None and not request.opens:
        end = sentence.items[request.start].start
    borders = (at for at, token in enumerate(tokens[:-1]) if token.text in _BORDERS)
    return min(end, next(borders, end))


def _shows_rows(candidate: Candidate) -> bool:
    query = candidate.plan
    assert isinstance(query, plan.Query)
    return all(isinstance(output.expression, plan.Star) for output in query.outputs)


def _names(sentence: Sentence, query: plan.Query) -> bool:
    """Tell whether the sentence, read as a whole, speaks of the rows that a query asks for.

    "Parts in the price list but not in the catalogue" are those of the list, whatever other table
    has parts.
    """
    table = query.source.table
    return any(hit.table == table for item in sentence.items for hit in item.table_hits())


def _beside(
    sentence: Sentence, found: Candidate, score: float, whole: Candidate
) -> Candidate | None:
    """Return the reading found, if it says something else than the whole, and no less surely.

    What is shown of the rows is read from the whole where that is about the same rows.
    """
    query, other = found.plan, whole.plan
    assert isinstance(query, plan.Query)
    if not isinstance(other, plan.Query):
        return None
    if _names(sentence, other) and not _names(sentence, query):
        return None
    unread = _has_either(query) and not _has_either(other)
    if found.features["clauses"] < score - (_WITHOUT_OR if unread else _AS_GOOD):
        return None
    if _chained(query) > _chained(other) or (_of_others(other) and _of_one_row(query)):
        return None
    if query.source.table == other.source.table and not query.joins and not other.joins:
        told = replace(other, where=moved(query.where, query.source.alias, other.source.alias))
        if _conditions(told) == _conditions(other):
            return None
        if whole.kind == "general":  # what is listed once may only be so for a nested condition
            told = replace(told, distinct=query.distinct)
        return replace(found, plan=told, explanation=explain(told))
    return found


def _has_either(query: plan.Query) -> bool:
    return any(isinstance(term, plan.AnyOf) for term in plan.conjuncts(query.where))


def _conditions(query: plan.Query) -> set[object]:
    alone = (replace(query, where=term) for term in plan.conjuncts(query.where))
    return {said(one) for one in alone}


def _of_others(query: plan.Query) -> bool:
    """Tell whether other rows that share a value are spoken of: "both in 2005 and in 2006"."""
    return any(isinstance(term, plan.InQuery) for term in plan.parts(query.where))


def _of_one_row(query: plan.Query) -> bool:
    return len(list(queries(query))) == 1


def _chained(query: plan.Query) -> int:
    """Return how many tables are reached by way of another one."""
    inner = list(queries(query))[1:]
    own = {query.source.alias, *(step.source.alias for step in query.joins)}
    direct = [select for select in inner if aliases(select.where) & own]
    return sum(len(select.joins) for select in inner) + len(inner) - len(direct)


def _joined(sentence: Sentence, joint: Joint, reader: Reader) -> Candidate | None:
    first = _telling(_readings(sentence, (joint.first,), reader))
    second = _telling(_readings(sentence, joint.second, reader)) if first else []
    head = _head(sentence, joint, reader) if second and joint.operator == "or" else ()
    for one, other in ((one, other) for one in first for other in second):
        query = _both(sentence, joint, head, one.candidate, other.candidate)
        if query is not None:
            return _candidate(sentence, joint, one, other, query)
    return None


def _readings(sentence: Sentence, parts: Iterable[Part], reader: Reader) -> list[Told]:
    found = [told for part in parts for told in readings(sentence, part, reader)]
    found.sort(key=lambda told: (bool(told.candidate.features.get("forced")), -told.score))
    return [told for told in found if told.score >= _LEAST and _fits(told.candidate)]


def _fits(reading: Candidate) -> bool:
    query = reading.plan
    plain = isinstance(query, plan.Query) and not query.group and not query.distinct
    return plain and reading.operation not in _COMPARING


def _telling(found: Iterable[Told]) -> list[Told]:
    """Return the readings that say something of the rows: "students" alone does not."""
    plans = ((told, told.candidate.plan) for told in found)
    return [told for told, query in plans if isinstance(query, plan.Query) and query.where]


def _head(sentence: Sentence, joint: Joint, reader: Reader) -> tuple[plan.Condition, ...]:
    """Return the conditions that are told before two clauses of which one must hold."""
    for told in _readings(sentence, (joint.head,), reader)[:1]:
        query = told.candidate.plan
        assert isinstance(query, plan.Query)
        return plan.conjuncts(moved(query.where, query.source.alias, _HEAD))
    return ()


def _candidate(
    sentence: Sentence, joint: Joint, one: Told, other: Told, query: plan.Query
) -> Candidate:
    first = one.candidate
    return replace(
        first,
        kind="general",
        operation="FILTER" if first.operation != "AGGREGATE" else "AGGREGATE",
        plan=query,
        explanation=explain(query),
        used=used(sentence, joint.joining, (one, other)),
        features=first.features | {"clauses": min(one.score, other.score)},
    )


def _both(
    sentence: Sentence,
    joint: Joint,
    head: Sequence[plan.Condition],
    one: Candidate,
    other: Candidate,
) -> plan.Query | None:
    """Return the rows of one reading that meet what the other says, too, or instead."""
    query, further = one.plan, other.plan
    assert isinstance(query, plan.Query)
    assert isinstance(further, plan.Query)
    if further.limit is not None:
        return None
    shown = set[str]().union(*(aliases(part) for part in (*query.outputs, *query.order)))
    if joint.operator == "or" or shown <= {query.source.alias}:
        query = nested(query)
    told = said_of(sentence, query, further)
    mine = plan.conjuncts(query.where)
    known = _conditions(query)
    added = [term for term in told if not _conditions(replace(query, where=term)) <= known]
    if joint.operator == "and":
        every = [*mine, *added]
        where = plan.all_of(every) if added and not _contradict(every) else None
    else:
        where = _either(mine, told, [moved(term, _HEAD, query.source.alias) for term in head])
    return None if where is None else replace(query, where=where)


def _either(
    mine: Iterable[plan.Condition],
    told: Iterable[plan.Condition],
    head: Sequence[plan.Condition],
) -> plan.Condition | None:
    mine, told, head = (list(map(spelt_out, terms)) for terms in (mine, told, head))
    first = plan.all_of([term for term in mine if term not in head])
    second = plan.all_of([term for term in told if term not in head])
    if first is None or second is None or any(term not in mine for term in head):
        return None
    if _are_values(first, second):
        return None
    return plan.all_of([*head, plan.AnyOf((first, second))])


def _are_values(first: plan.Condition, second: plan.Condition) -> bool:
    """Tell whether "or" stands between values of a column, and not between clauses.

    "Students of Lille or Namur", "in Germany or Belgium without a date": one side says of the same
    column what the other says, but less.
    """
    one, other = (
        {subject_of(term) or term for term in plan.parts(side)} for side in (first, second)
    )
    return one < other or other < one


def _contradict(terms: Iterable[plan.Condition]) -> bool:
    """Tell whether a column would have two values at once."""
    equal = [term.left for term in terms if isinstance(term, plan.Compare) and term.operator == "="]
    return len(set(equal)) < len(equal)
