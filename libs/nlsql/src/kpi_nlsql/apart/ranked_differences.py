"""Ranked differences: "the 5 products with the largest price difference between A and B".

Without the superlative the sentence asks for the rows whose amounts differ; these are ranked by how
far they do, whichever amount is the higher.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from kpi_nlsql.apart.compared_pairs import difference, leads_to
from kpi_nlsql.apart.rest_read import Reader, rest_read
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.pairing_rows import other_values
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.sentence import Candidate, Sentence

_DIFFER = frozenset({"difference", "differences", "deviation", "deviations", "gap", "gaps"})
_MOST = frozenset({"most", "the most"})
_SIZES = frozenset("highest largest biggest greatest maximum".split())  # noqa: SIM905
_TOP = "top"
_FARTHEST = 4
"""Words between the superlative and the difference: "the largest billed weight difference"."""


@dataclass(frozen=True, slots=True)
class _Ranking:
    clause: frozenset[int]
    limit: int


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield the rows of which two tables' amounts differ by most."""
    ranking = _ranking(sentence.items)
    if ranking is not None:
        put = partial(_ranked, sentence.graph, ranking.limit)
        yield from rest_read(sentence, ranking.clause, reader, put)


def _ranking(items: Sequence[Item]) -> _Ranking | None:
    rows = next((at for at, item in enumerate(items) if item.kind == "mention"), len(items))
    top = next((at for at in range(rows) if items[at].text == _TOP), None)
    number = next((at for at in range(rows) if items[at].number is not None), None)
    for at, item in enumerate(items[rows + 1 :], start=rows + 1):
        if (by := top is not None and item.text == "by") or item.last_word in _SIZES:
            told = leads_to(items, at + 1, _DIFFER, _FARTHEST)
            told = told and (by or item.is_cue("superlative"))
        else:
            told = item.text in _MOST and items[at - 1].is_cue("mismatch")
        if told:
            opening = {each for each in (top, number) if each is not None}
            limit = items[number].number if number is not None else 1
            return _Ranking(frozenset({at, *opening}), int(limit or 1))
    return None


def _ranked(graph: Graph, limit: int, candidate: Candidate) -> plan.Query | None:
    found = difference(candidate, graph)
    if found is None or any(isinstance(o.expression, plan.Aggregate) for o in found[0].outputs):
        return None
    pairs, signed = found
    differ = plan.Compare(signed.left, "!=", signed.right)
    pairs = replace(pairs, where=plan.all_of([*plan.conjuncts(pairs.where), differ]))
    order = (plan.Order(plan.Absolute(signed), descending=True),)
    whole = any(isinstance(output.expression, plan.Star) for output in pairs.outputs)
    outputs = (*pairs.outputs, *other_values(pairs)) if whole else pairs.outputs
    return replace(pairs, outputs=outputs, order=order, limit=limit)
