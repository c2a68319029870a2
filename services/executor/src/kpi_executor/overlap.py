"""Evidence for candidate joins from the rows themselves: how many values two columns share."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kpi_executor.sources import Connector, SourceError
from kpi_executor.sources.connector import fetch, qualified, quoted
from kpi_nlsql import Graph, Join
from kpi_nlsql.schema.joins import MINIMUM_SCORE

# A pair that shares half of its sampled values says nothing; all or none moves the score by this.
WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class OverlapLimits:
    """How much to look at: values a join, joins in all, and seconds in all."""

    values: int = 1_000
    joins: int = 200
    seconds: float = 20.0


def with_overlap(connector: Connector, graph: Graph, limits: OverlapLimits | None = None) -> Graph:
    """Return the graph with its candidate joins scored by shared values; unlikely ones are gone.

    Joins that cannot be measured (types that do not compare, no time left) stay as they are.
    """
    limits = limits or OverlapLimits()
    return replace(graph, joins=tuple(_scored(connector, graph, limits)))


def _scored(connector: Connector, graph: Graph, limits: OverlapLimits) -> Iterator[Join]:
    deadline = time.monotonic() + limits.seconds
    measured = 0
    for join in graph.joins:
        single = join.kind == "candidate" and len(join.left_columns) == 1
        if not single or measured >= limits.joins or time.monotonic() > deadline:
            yield join
            continue
        measured += 1
        share = _share(connector, graph, join, limits.values)
        better = join if share is None else _weighed(join, share)
        if better.score >= MINIMUM_SCORE:
            yield better


def _weighed(join: Join, share: float) -> Join:
    score = min(1.0, max(0.0, join.score + 2 * WEIGHT * (share - 0.5)))
    told = f"{share:.0%} of the sampled values are shared"
    return replace(join, score=round(score, 3), evidence=f"{join.evidence}; {told}")


def _share(connector: Connector, graph: Graph, join: Join, values: int) -> float | None:
    """Return which share of a sample of one side's values the other side has, None if unknown.

    The sample is of the side with fewer values: orders of few customers join all customers. It is
    ordered: an unchanged source must give an unchanged graph.
    """
    if _kinds(graph, join.right_table, join.right_columns[0]) < _kinds(
        graph, join.left_table, join.left_columns[0]
    ):
        join = join.reversed()
    left, right = quoted(join.left_columns[0]), quoted(join.right_columns[0])
    sampled = (
        f"SELECT DISTINCT {left} AS k FROM {_table(graph, join.left_table)} "  # noqa: S608
        f"WHERE {left} IS NOT NULL ORDER BY 1 LIMIT {values}"
    )
    others = f"SELECT DISTINCT {right} AS k FROM {_table(graph, join.right_table)}"  # noqa: S608
    try:
        total, shared = fetch(
            connector,
            f"SELECT COUNT(*), COUNT(r.k) FROM ({sampled}) AS l "  # noqa: S608
            f"LEFT JOIN ({others}) AS r ON l.k = r.k",
        )
    except SourceError:
        return None
    return shared[0].as_py() / total[0].as_py() if total[0].as_py() else None


def _kinds(graph: Graph, table: str, column: str) -> float:
    """Return how many different values a column has, or could have; infinity where unknown."""
    found = graph.table(table)
    for known in (found.column(column).distinct, found.row_count):
        if known is not None:
            return known
    return math.inf


def _table(graph: Graph, name: str) -> str:
    return qualified(graph.table(name).schema, name)
