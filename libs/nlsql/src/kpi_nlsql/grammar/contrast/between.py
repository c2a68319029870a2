"""Between: two tables compared over a third, "the IBAN of a transfer … of the restaurant"."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Join
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.schema.ruleset import ColumnPair
from kpi_nlsql.sentence import Sentence

_FARTHER = 0.9
_SURE = 0.7


@dataclass(frozen=True, slots=True)
class Link:
    """How the rows of a table between the two sides lead on to those of the second side."""

    table: str
    join: Join
    asked: bool = False
    """Whether rows of this table are asked for: each refers to a row of either side."""

    def steps(self, first: Pairing, right: str) -> tuple[plan.JoinStep, ...]:
        """Return the joins from ``s`` over the table between (``m``) to the other side (``t``)."""
        columns = zip(self.join.left_columns, self.join.right_columns, strict=True)
        on = tuple(plan.Match(plan.ColumnRef("m", a), plan.ColumnRef("t", b)) for a, b in columns)
        return (
            plan.JoinStep(plan.Source(self.table, "m"), first.conditions("s", "m")),
            plan.JoinStep(plan.Source(right, "t"), on),
        )


def linked_rows(
    sentence: Sentence, left: str, right: str, rows: str | None
) -> tuple[Pairing, Link] | None:
    """Return how each row of the one side leads to one row of the other over a table between.

    Or how the ``rows`` asked for lead to both: "scans at a door whose site is not the badge's".
    """
    away, back = _from(sentence, left), _from(sentence, right)
    ways = [
        (first, second)
        for table in (away.keys() & back.keys()) - {left, right}
        for first in away[table]
        for second in map(Join.reversed, back[table])
        if _ties(sentence, first, second, asked=table == rows)
    ]
    if not ways:
        return None
    first, second = max(ways, key=lambda way: (_surest(*way), way[0].right_table))
    pairs = tuple(map(ColumnPair, first.left_columns, first.right_columns))
    score = _surest(first, second) * _FARTHER
    link = Link(first.right_table, second, first.right_table == rows)
    return Pairing(pairs, score, "over a table between"), link


def _from(sentence: Sentence, table: str) -> dict[str, list[Join]]:
    found: dict[str, list[Join]] = defaultdict(list)
    for join in sentence.graph.joins_from(table):
        columns = {column.lower() for column in (*join.left_columns, *join.right_columns)}
        if join.score >= _SURE and not columns & sentence.excluded:
            found[join.right_table].append(join)
    return found


def _ties(sentence: Sentence, first: Join, second: Join, *, asked: bool) -> bool:
    """Tell whether each row of a side leads to one of the other, or one ``asked`` for to both."""
    ways = [(first, second), (second.reversed(), first.reversed())]
    ways += [(first.reversed(), second)] if asked else []
    return any(all(sentence.paths.to_one(join, sentence.graph) for join in way) for way in ways)


def _surest(first: Join, second: Join) -> float:
    return min(first.score, second.score)


def turned(pairing: Pairing, link: Link, left: str) -> tuple[Pairing, Link]:
    """Return the same way seen from the other side; ``left`` is the table it began at."""
    pairs = tuple(map(ColumnPair, link.join.right_columns, link.join.left_columns))
    back = Join(
        link.table,
        tuple(pair.right for pair in pairing.pairs),
        left,
        tuple(pair.left for pair in pairing.pairs),
        kind=link.join.kind,
        score=link.join.score,
    )
    return replace(pairing, pairs=pairs), Link(link.table, back, link.asked)
