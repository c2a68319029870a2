"""Outputs: the columns a comparison is asked to show, each of the side that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.operand import Operand, Word, operands, table_told
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Graph

_COMPARED = 0.35
_FIRST = 0.1
_SHOWN_ALREADY = 0.3
_LEAST_SAID = 0.4


def both_compared(choice: Choice) -> list[plan.ColumnRef]:
    """Return the two compared columns."""
    return [
        plan.ColumnRef("s", str(choice.left.column)),
        plan.ColumnRef("s" if choice.same_row else "t", str(choice.right.column)),
    ]


def sources(choice: Choice) -> list[tuple[str, str]]:
    """Return the tables that columns can be shown of, each behind its alias."""
    if choice.same_row:
        return [("s", choice.left.table)]
    between = [] if choice.link is None else [("m", choice.link.table)]
    return [("s", choice.left.table), ("t", choice.right.table), *between]


def shown_column(
    words: Sequence[Word], choice: Choice, graph: Graph, shown: Sequence[plan.ColumnRef]
) -> tuple[plan.ColumnRef, frozenset[int]] | None:
    """Return the column of either side that the words name, and the words it leaves out."""
    best: tuple[float, plan.ColumnRef, frozenset[int]] | None = None
    compared = both_compared(choice)
    for alias, table in sources(choice):
        for operand in operands(words, graph.table(table)):
            ref = plan.ColumnRef(alias, str(operand.column))
            score = _score(operand, ref, alias, compared, shown)
            if operand.said >= _LEAST_SAID and (best is None or score > best[0]):
                # "planned registration": what it adds only tells the side.
                lost = frozenset[int]() if ref in compared else operand.lost
                best = score, ref, lost
    return None if best is None else (best[1], best[2])


def both_listed(
    parts: Sequence[Sequence[Word]], choice: Choice, graph: Graph
) -> dict[int, plan.ColumnRef]:
    """Return which parts of a list name the two compared columns, where just two of them do.

    Of "listing price, list price" the first could mean either, but not the same as the second.
    """
    left, right = both_compared(choice)
    best = [shown_column(words, choice, graph, ()) for words in parts]
    pair = [n for n, found in enumerate(best) if found is not None and found[0] in {left, right}]
    if len(pair) != 2:
        return {}
    told = {
        (n, ref): operand.score
        for n in pair
        for ref, side in ((left, choice.left), (right, choice.right))
        for operand in operands(parts[n], graph.table(side.table))
        if operand.column == ref.column
    }
    ways = [dict(zip(pair, refs, strict=True)) for refs in ((left, right), (right, left))]
    ways = [way for way in ways if all(each in told for each in way.items())]
    return max(ways, key=lambda way: sum(told[each] for each in way.items()), default={})


def shown_total(
    words: Sequence[Word], choice: Choice, graph: Graph
) -> tuple[plan.ColumnRef, frozenset[int]] | None:
    """Return what is added up, where the words name its column or no more than its table."""
    compared = both_compared(choice)[1]
    table = graph.table(choice.right.table)
    named = next((op for op in operands(words, table) if op.column == compared.column), None)
    told = table_told(words, table)
    best = min((len(each.lost) for each in (named, told) if each is not None), default=1)
    return None if best else (compared, frozenset())


def _score(
    operand: Operand,
    ref: plan.ColumnRef,
    alias: str,
    compared: Sequence[plan.ColumnRef],
    shown: Sequence[plan.ColumnRef],
) -> float:
    score = operand.score + (_COMPARED if ref in compared else 0.0)
    score += _FIRST if alias == "s" else 0.0
    return score - (_SHOWN_ALREADY if ref in shown else 0.0)
