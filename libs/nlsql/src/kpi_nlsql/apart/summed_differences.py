"""Summed differences: "the total difference in price between A and B", one less the other.

Without "the total" the sentence asks for the rows whose amounts differ, with both amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from kpi_nlsql.apart.compared_pairs import difference, leads_to
from kpi_nlsql.apart.grouped_counts import put_together
from kpi_nlsql.apart.rest_read import Reader, rest_read
from kpi_nlsql.grammar.contrast.asked_sum import asked_function
from kpi_nlsql.mentions.walking import skip_words
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.sentence import Candidate, Sentence

_FUNCTIONS = frozenset({"sum", "avg", "max"})
_DIFFERENCES = frozenset({"difference", "differences"})
_ABSOLUTE = "absolute"
_OF = frozenset({"of", "the", "all", _ABSOLUTE})
_FARTHEST = 3
"""Words between the function and the difference: "average billed weight difference"."""


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield what the differences between the amounts of two tables come to, or each group's."""
    overall = partial(_overall, reader)
    grouped = list(put_together(sentence, overall))
    if grouped or any(item.is_cue("group") for item in sentence.items):
        yield from grouped
    else:
        yield from overall(sentence)


def _overall(reader: Reader, sentence: Sentence) -> Iterator[Candidate]:
    items = sentence.items
    asked = next((at for at, item in enumerate(items) if item.kind == "mention"), len(items))
    for at in range(asked):
        function = asked_function(items[at])
        start = skip_words(items, at + 1, _OF)
        if function in _FUNCTIONS and leads_to(items, start, _DIFFERENCES, _FARTHEST):
            clause = range(at, start)
            unsigned = function == "max" or any(items[n].text == _ABSOLUTE for n in clause)
            put = partial(_summed, sentence.graph, function, unsigned)
            yield from rest_read(sentence, clause, reader, put)
            return


def _summed(
    graph: Graph, function: plan.AggregateFunction, unsigned: bool, candidate: Candidate
) -> plan.Query | None:
    """Return the plan for what the differences of all pairs come to."""
    found = difference(candidate, graph)
    if found is None:
        return None
    pairs, signed = found
    total = plan.Aggregate(function, plan.Absolute(signed) if unsigned else signed)
    outputs = (plan.Output(total, f"{function}_difference"),)
    return replace(pairs, outputs=outputs, order=())
