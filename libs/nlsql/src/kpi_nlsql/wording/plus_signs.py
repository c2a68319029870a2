"""Plus signs: "email + count" lists what to show, "cash + card" adds two amounts up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph


def told_apart(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with the plus signs of lists written as "and"."""
    found = list(items)
    for at, item in enumerate(items):
        beside = [*items[max(at - 1, 0) : at], *items[at + 1 : at + 2]]
        if item.text == "+" and not all(_is_amount(other, graph) for other in beside):
            found[at] = replace(item, kind="word", text="and")
    return found


def _is_amount(item: Item, graph: Graph) -> bool:
    best = next(iter(item.column_hits()), None)
    return best is not None and graph.table(best.table).column(str(best.column)).family == "number"
