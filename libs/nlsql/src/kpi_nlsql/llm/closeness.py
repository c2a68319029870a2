"""Which tables and columns of a graph a sentence is most likely about, by the rules' linking."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.sentence import Sentence

_NEIGHBOUR = 0.25
"""A table that joins a named one is closer than any other, and farther than every named one."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """Scores of tables (0 = nothing in the sentence points there) and what points there.

    ``values`` are the stored values (table, column, value) that the sentence may mention.
    """

    tables: dict[str, float] = field(default_factory=dict)
    columns: frozenset[tuple[str, str]] = frozenset()
    values: frozenset[tuple[str, str, str]] = frozenset()

    def ordered(self, graph: Graph) -> list[Table]:
        """Return the graph's tables, closest first; the same order for the same sentence."""
        return sorted(graph.tables, key=lambda table: (-self.tables.get(table.name, 0), table.name))


def closeness(sentence: Sentence) -> Closeness:
    """Return how close each table is to a linked sentence."""
    scores: dict[str, float] = defaultdict(float)
    columns: set[tuple[str, str]] = set()
    values: set[tuple[str, str, str]] = set()
    for item in sentence.items:
        best: dict[str, float] = {}
        for hit in item.hits:
            # The name of a table says more than that of a column, which many tables have.
            weight = hit.score if hit.column is None else hit.score / 2
            best[hit.table] = max(best.get(hit.table, 0.0), weight)
            if hit.column is not None:
                columns.add((hit.table, hit.column))
        for value in item.values:
            best[value.table] = max(best.get(value.table, 0.0), value.score / 2)
            columns.add((value.table, value.column))
            values.add((value.table, value.column, value.value))
        for table, weight in best.items():
            scores[table] += weight
    return Closeness(
        _with_neighbours(scores, sentence.graph), frozenset(columns), frozenset(values)
    )


def _with_neighbours(scores: dict[str, float], graph: Graph) -> dict[str, float]:
    spread = dict(scores)
    for join in graph.joins:
        for named, other in (
            (join.left_table, join.right_table),
            (join.right_table, join.left_table),
        ):
            if named in scores and other not in scores:
                spread[other] = max(spread.get(other, 0.0), _NEIGHBOUR * scores[named] * join.score)
    return spread
