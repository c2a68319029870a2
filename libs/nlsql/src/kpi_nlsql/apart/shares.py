"""Shares: "what percentage of the orders are cancelled" compares two counts of the same rows.

The sentence is read as "how many of the orders are cancelled" and as "how many of the orders":
the share is that of the rows which meet what the first says besides, among those of the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.apart.joints import Part
from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.apart.said_of import said_of
from kpi_nlsql.apart.share_phrases import Asked, asked
from kpi_nlsql.judging import confidence
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.plans.sameness import said
from kpi_nlsql.relinked import relinked
from kpi_nlsql.sentence import Candidate, Sentence

_MOST_READINGS = 3
_LEAST = 0.3
_NAME = "percentage"

_Told = tuple[float, Candidate, Sentence]


def read(sentence: Sentence, reader: Reader) -> list[Candidate] | None:
    """Return the readings of a sentence that asks for a share; None of one that does not."""
    told = asked(sentence)
    if told is None:
        return None
    found = [each for one in told for each in _shares(sentence, one, reader)]
    return found[:_MOST_READINGS]


def _shares(sentence: Sentence, told: Asked, reader: Reader) -> Iterator[Candidate]:
    every = _counts(sentence, told.rows, reader)
    some = _counts(sentence, told.met, reader) if every else []
    for one in some:
        for among in every:
            query = _share(sentence, one[1].plan, among[1].plan)
            if query is not None and bool(query.group) == told.grouped:
                yield _candidate(sentence, told, (one, among), query)
                return


def _counts(sentence: Sentence, part: Part, reader: Reader) -> list[_Told]:
    """Return the readings of a part that count rows, the likeliest first."""
    alone = relinked(sentence, part.tokens)
    ranked = confidence.rank(alone, reader(alone))[:_MOST_READINGS]
    return [(score, each, alone) for score, each in ranked if score >= _LEAST and _is_count(each)]


def _is_count(candidate: Candidate) -> bool:
    query = candidate.plan
    if not isinstance(query, plan.Query) or query.source.query is not None or query.having:
        return False
    shown = [output.expression for output in query.outputs]
    counts = [each for each in shown if isinstance(each, plan.Aggregate)]
    return len(counts) == 1 and counts[0].function == "count" and _plain(shown) + 1 == len(shown)


def _plain(shown: Sequence[plan.Expression]) -> int:
    return sum(isinstance(each, plan.ColumnRef | plan.PeriodOf) for each in shown)


def _share(sentence: Sentence, some: plan.Plan, every: plan.Plan) -> plan.Query | None:
    """Return the share of the rows of one count among those of another."""
    assert isinstance(some, plan.Query)
    assert isinstance(every, plan.Query)
    if some.source.table != every.source.table or some.group:
        return None
    told = said_of(sentence, every, some)
    terms = [*plan.conjuncts(every.where), every.where]
    known = {said(replace(every, where=term)) for term in terms}
    new = [term for term in told if said(replace(every, where=term)) not in known]
    condition = plan.all_of(new)
    if condition is None:
        return None
    share = plan.Aggregate("avg", plan.Share(condition))
    outputs = tuple(
        replace(output, expression=share, name=_NAME)
        if isinstance(output.expression, plan.Aggregate)
        else output
        for output in every.outputs
    )
    return replace(every, outputs=outputs)


def _candidate(
    sentence: Sentence, told: Asked, readings: tuple[_Told, _Told], query: plan.Query
) -> Candidate:
    heeded = set(told.asking)
    for part, (_, candidate, alone) in zip((told.met, told.rows), readings, strict=True):
        for at in candidate.used:
            item = alone.items[at]
            heeded |= {part.places[place] for place in range(item.start, item.end)}
    used = {
        at
        for at, item in enumerate(sentence.items)
        if heeded & set(range(item.start, max(item.end, item.start + 1)))
    }
    best = readings[0][1]
    return replace(
        best,
        operation="AGGREGATE",
        plan=query,
        explanation=explain(query),
        used=frozenset(used),
    )
