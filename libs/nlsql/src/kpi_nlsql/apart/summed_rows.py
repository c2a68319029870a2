"""Summed rows: "the total amount of the payments that differ from their invoice" adds these up.

The reconciling readers find rows of one table; what is added up of them is said before, and read
here, with that cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from kpi_nlsql.apart.rest_read import Reader, rest_read
from kpi_nlsql.grammar.contrast.asked_sum import asked_function, asks_sum
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Candidate, Sentence

_NAMED = 0.6


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield what the rows that differ between two tables come to."""
    said = asks_sum(sentence.items)
    if said is None:
        return
    function = asked_function(sentence.items[said.start])
    named = [sentence.items[at] for at in said if sentence.items[at].kind == "mention"]
    if function is not None and named:
        yield from rest_read(sentence, said, reader, partial(_summed, function, named[-1]))


def _summed(
    function: plan.AggregateFunction, item: Item, candidate: Candidate
) -> plan.Query | None:
    """Return the plan for what the column comes to of its rows, if their table has it."""
    query = candidate.plan
    compares = candidate.operation in {"EQUALS", "NOT_EQUALS"}
    if candidate.kind != "reconcile" or not compares or not isinstance(query, plan.Query):
        return None
    rows = all(isinstance(output.expression, plan.Star) for output in query.outputs)
    own = [hit for hit in item.column_hits() if hit.table == query.source.table]
    if query.group or not rows or not own or own[0].score < _NAMED:
        return None
    column = plan.ColumnRef(query.source.alias, str(own[0].column))
    output = plan.Output(plan.Aggregate(function, column), f"{function}_{column.column}")
    return replace(query, outputs=(output,))
