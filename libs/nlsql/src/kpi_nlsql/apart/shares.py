"""Shares: "what percentage of the orders are cancelled" compares two counts of the same rows.

The sentence is read as "how many of the orders are cancelled" and as "how many of the orders":
the share is that of the rows which meet what the first says besides, among those of the second.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from kpi_nlsql.apart.parts import Part, Told, readings, used
from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.apart.said_of import said_of
from kpi_nlsql.apart.share_phrases import Asked, asked
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.plans.sameness import said
from kpi_nlsql.sentence import Candidate, Sentence

_LEAST = 0.3
_NAME = "percentage"


def read(sentence: Sentence, reader: Reader) -> list[Candidate] | None:
    """Return the readings of a sentence that asks for a share; None of one that does not."""
    told = asked(sentence)
    if told is None:
        return None
    found = (_candidate(sentence, one, reader) for one in told)
    return [each for each in found if each is not None]


def _candidate(sentence: Sentence, told: Asked, reader: Reader) -> Candidate | None:
    every = _counts(sentence, told.rows, reader)
    some = _counts(sentence, told.met, reader) if every else []
    for one, among in product(some, every):
        query = _share(sentence, one.candidate.plan, among.candidate.plan)
        if query is not None and bool(query.group) == told.grouped:
            return replace(
                one.candidate,
                operation="AGGREGATE",
                plan=query,
                explanation=explain(query),
                used=used(sentence, told.asking, (one, among)),
            )
    return None


def _counts(sentence: Sentence, part: Part, reader: Reader) -> list[Told]:
    """Return the readings of a part that count rows, the likeliest first."""
    found = readings(sentence, part, reader)
    return [told for told in found if told.score >= _LEAST and _is_count(told.candidate)]


def _is_count(candidate: Candidate) -> bool:
    query = candidate.plan
    if not isinstance(query, plan.Query) or query.source.query is not None or query.having:
        return False
    shown = [output.expression for output in query.outputs]
    counts = [each for each in shown if isinstance(each, plan.Aggregate)]
    plain = [each for each in shown if isinstance(each, plan.ColumnRef | plan.PeriodOf)]
    counted = len(counts) == 1 and counts[0].function == "count"
    return counted and len(plain) + 1 == len(shown)


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
