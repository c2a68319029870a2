"""Place nouns: nouns before a place that name another table, or a key, and mean its rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from kpi_nlsql.english.words import stem
from kpi_nlsql.mentions.homes import naming_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph, Table

_EXACT = 0.95
_SPOKEN = 0.9


def counted_keys(items: Sequence[Item], start: int, table: Table) -> list[Item]:
    """Tell "different products in the forecast" as the key that the place has of each product."""
    told = list(items)
    for at, item in enumerate(items[1:start], start=1):
        if not items[at - 1].is_cue("distinct") or not item.text.endswith("s"):
            continue
        keys = naming_rows((stem(item.text),), table)
        if len(keys) == 1 and item.best_column() < _EXACT and item.kind == "mention":
            told[at] = replace(item, hits=(NameHit(table.name, keys[0].name, 1.0),), values=())
    return told


def held_by_others(
    items: Sequence[Item], start: int, table: str, denied: Collection[str], graph: Graph
) -> list[Item]:
    """Tell nouns that name a table the rows are not in as the rows of the place they are in.

    "Items that are in the supplier list but not in the item master": no items of the master.
    """
    return [
        replace(item, hits=(NameHit(table, None, _SPOKEN),))
        if at < start and _is_held(item, table, denied, graph)
        else item
        for at, item in enumerate(items)
    ]


def _is_held(item: Item, table: str, denied: Collection[str], graph: Graph) -> bool:
    hits = item.table_hits()
    if item.kind != "mention" or not hits or hits[0].table not in denied or " " in item.text:
        return False
    if any(hit.table == table and hit.score >= _EXACT for hit in item.column_hits()):
        return False  # "planners that appear in the plan" are in its column ``Planner``
    named = item.text.endswith("s") and hits[0].score >= item.best_column()
    return named and bool(graph.joins_between(hits[0].table, table))
