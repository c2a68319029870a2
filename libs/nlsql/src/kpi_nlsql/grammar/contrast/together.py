"""Together: "the total differs from the sum of its lines", a value against one of many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.comparator import mirrored
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.wording import is_key
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph


def summed_up(items: Sequence[Item], clause: Clause) -> Clause | None:
    """Tell apart what is summed up, and put it on the right; None where it is averaged or so."""
    for side, turned in ((clause.right, False), (clause.left, True)):
        at = next((at for at in side if _aggregates(items[at])), None)
        if at is None and not (turned and clause.adds_up):
            continue
        if at is not None and not items[at].is_cue("aggregate", "sum"):
            return None
        rest = tuple(position for position in side if position != at)
        told = clause.told if at is None else clause.told | {at}
        clause = replace(clause, told=told, sums=True)
        if turned:
            operator = mirrored(clause.operator)
            return replace(clause, operator=operator, left=clause.right, right=rest)
        return replace(clause, right=rest)
    return clause


def _aggregates(item: Item) -> bool:
    return item.is_cue("aggregate") and not item.hits


def adds_up(graph: Graph, choice: Choice) -> bool:
    """Tell whether amounts of several rows of the right side can belong to one of the left."""
    table = graph.table(choice.right.table)
    column = table.column(str(choice.right.column))
    keys = [table.column(pair.right) for pair in choice.pairing.pairs]
    return column.measures and not is_key(column) and not any(key.unique for key in keys)
