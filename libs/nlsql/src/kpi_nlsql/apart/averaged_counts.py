"""Averaged counts: "the average number of orders per customer" is one number over the customers.

Without "average" the sentence tells how many there are of each; these numbers are averaged.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql.apart.rest_read import Reader, rest_read
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Candidate, Sentence

_COUNT = "count"
_EACH = "each"


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield what the counts of the groups come to on average."""
    items = sentence.items
    if not any(item.is_cue("group") for item in items):
        return
    for at in range(len(items) - 1):
        if items[at].argument("aggregate") == "avg" and items[at + 1].is_cue("count"):
            yield from rest_read(sentence, range(at, at + 1), reader, _averaged)
            return


def _averaged(candidate: Candidate) -> plan.Query | None:
    """Return the plan for the average of what is counted for each of one thing alone."""
    query = candidate.plan
    if not isinstance(query, plan.Query) or query.order or query.limit or not query.group:
        return None
    counts = [o for o in query.outputs if isinstance(o.expression, plan.Aggregate)]
    sources = {key.source for key in query.group if isinstance(key, plan.ColumnRef)}
    rows = candidate.features.get("group_named")
    if len(counts) != 1 or len(sources) > 1 or not (rows or len(query.group) == 1):
        return None
    counted = counts[0].expression
    if not isinstance(counted, plan.Aggregate) or counted.function != "count":
        return None
    inner = plan.Query(
        outputs=(plan.Output(counted, _COUNT),),
        source=query.source,
        joins=query.joins,
        where=query.where,
        group=query.group,
        having=query.having,
    )
    average = plan.Aggregate("avg", plan.ColumnRef(_EACH, _COUNT))
    source = plan.Source(query.source.table, _EACH, inner)
    return plan.Query((plan.Output(average, "average"),), source)
