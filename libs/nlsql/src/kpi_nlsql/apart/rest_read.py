"""Rest read: a sentence is read without one of its clauses, which is then put onto each plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.sentence import Candidate, Sentence

Reader = Callable[[Sentence], Iterable[Candidate]]
Told = Callable[[Candidate], plan.Query | None]
"""Tells what a reading of the rest becomes with the clause; None where it does not fit."""


def rest_read(
    sentence: Sentence, clause: Collection[int], reader: Reader, told: Told
) -> Iterator[Candidate]:
    """Yield the readings of the sentence without a clause, each with the clause put onto it."""
    kept = [at for at in range(len(sentence.items)) if at not in clause]
    gone = {at for n in clause for at in range(sentence.items[n].start, sentence.items[n].end)}
    linked = tuple(item for item in sentence.linked if item.start not in gone)
    rest = replace(sentence, items=tuple(sentence.items[at] for at in kept), linked=linked)
    for candidate in reader(rest):
        query = told(candidate)
        if query is None:
            continue
        used = frozenset({kept[at] for at in candidate.used}.union(clause))
        yield replace(candidate, plan=query, explanation=explain(query), used=used)
