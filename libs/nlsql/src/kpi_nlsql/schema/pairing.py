"""Which columns pair the rows of two tables: the ruleset first, then keys, then candidates."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_nlsql.plans.plan import ColumnRef, Condition, Match
from kpi_nlsql.schema.ruleset import ColumnPair
from kpi_nlsql.sentence import Sentence

_SURE = 0.8


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs that join two tables, how sure that is (0..1), and where it comes from."""

    pairs: tuple[ColumnPair, ...]
    score: float
    evidence: str

    def columns(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of column names."""
        return tuple((pair.left, pair.right) for pair in self.pairs)

    def conditions(self, left: str, right: str) -> tuple[Condition, ...]:
        """Return the join conditions between two aliases."""
        return tuple(
            Match(ColumnRef(left, pair.left), ColumnRef(right, pair.right), pair.normalisation)
            for pair in self.pairs
        )


def pairings(sentence: Sentence, left: str, right: str) -> list[Pairing]:
    """Return the ways to pair two tables, best first; none if nothing joins them."""
    if sentence.ruleset and (rule := sentence.ruleset.rule(left, right)):
        return [Pairing(rule.pairs, 1.0, f"ruleset {sentence.ruleset.name}")]
    found: list[Pairing] = []
    joins = sentence.graph.joins_between(left, right)
    telling = [join for join in joins if sentence.graph.tells(join)]
    for join in telling or joins:
        columns = {column.lower() for column in (*join.left_columns, *join.right_columns)}
        if columns & sentence.excluded:
            continue
        pairs = tuple(map(ColumnPair, join.left_columns, join.right_columns))
        found.append(Pairing(pairs, join.score, join.evidence or join.kind))
    if _has_way(sentence, left, right):
        return [pairing for pairing in found if pairing.score >= _SURE]
    return found or _same_named(sentence, left, right)


def _has_way(sentence: Sentence, left: str, right: str) -> bool:
    """Tell whether declared keys lead from one table to the other over a third.

    "suppliers that are not in any project" meet by way of the assignments: that a supplier and a
    project have the same ``id`` means nothing.
    """
    path = sentence.paths.path(left, right)
    return (
        path is not None
        and len(path[1]) > 1
        and all(join.kind == "foreign_key" for join in path[1])
    )


def _same_named(sentence: Sentence, left: str, right: str) -> list[Pairing]:
    first, second = sentence.graph.table(left), sentence.graph.table(right)
    return [
        Pairing((ColumnPair(column.name, second.column(column.name).name),), 0.3, "the same name")
        for column in first.columns
        if second.has(column.name) and column.name.lower() not in sentence.excluded
    ]
