"""Compound nouns: "lease contracts" are contracts; what kind they are all of is told once more.

A noun right before the noun of a table that only halfway names a column (``lease_class``) neither
asks for that column nor says anything of it. Where it is the name of a table or column, a value or
a flag ("customer orders", "web orders"), it keeps its own part in the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import stems
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.flags import is_flag
from kpi_nlsql.schema.graph import Column, Graph

_NAMES_TABLE = 0.6
_HALFWAY = 0.7
_CALLED = 0.95
_NO_NOUN = ("s", "ed", "ing")
"""Endings of plurals, and of what tells a deed or a state: "closed orders"."""


def compounded(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with each noun that only describes rows made one with their noun."""
    found: list[Item] = []
    for item in items:
        while found and _describes(found[-1], item, graph) and not _measured(found, item, graph):
            item = replace(item, start=found.pop().start)
        found.append(item)
    return found


def _describes(before: Item, item: Item, graph: Graph) -> bool:
    if before.kind != "mention" or before.values or before.text.endswith(_NO_NOUN):
        return False
    if not _heads(item) or not before.hits or before.end != item.start:
        return False
    if _ends_name(before, item, graph) or _refers(before, item, graph):
        return True
    if before.best_table() >= _NAMES_TABLE:
        return False
    if before.best_column() >= _HALFWAY and not _kept_by(before, item, graph):
        return False
    return not any(is_flag(column) for column in _columns(before, graph))


def _ends_name(before: Item, item: Item, graph: Graph) -> bool:
    # "a premium receipt" is one of ``fin_premium_receipt``, though others have a premium
    words = stems(f"{before.text} {item.text}")
    names = graph.table(item.table_hits()[0].table).display_names
    return any(stems(name)[-len(words) :] == words for name in names)


def _refers(before: Item, item: Item, graph: Graph) -> bool:
    # "policy holders" are holders: of a policy, which tells its holder, nothing else is said
    if min(before.best_table(), item.best_table()) < _CALLED or item.end - item.start > 1:
        return False
    named, head = before.table_hits()[0].table, item.table_hits()[0].table
    tied = {(j.left_table, j.right_table) for j in graph.joins if j.kind == "foreign_key"}
    return (named, head) in tied and (head, named) not in tied


def _kept_by(before: Item, item: Item, graph: Graph) -> bool:
    """Tell whether a noun is what the rows themselves are kept by: "warehouse stock"."""
    best = before.best_column()
    named = {hit.table for hit in before.column_hits() if hit.score >= best}
    own = item.table_hits()[0].table
    return named == {own} and not any(column.measures for column in _columns(before, graph, own))


def _measured(items: Sequence[Item], item: Item, graph: Graph) -> bool:
    """Tell whether the noun says which amount of the rows is meant: "the highest net sales"."""
    if len(items) < 2 or not (items[-2].is_cue("aggregate") or items[-2].is_cue("superlative")):
        return False
    return any(column.measures for column in _columns(items[-1], graph, item.table_hits()[0].table))


def _columns(item: Item, graph: Graph, table: str | None = None) -> list[Column]:
    hits = [hit for hit in item.column_hits() if table in {None, hit.table}]
    return [graph.table(hit.table).column(str(hit.column)) for hit in hits]


def _heads(item: Item) -> bool:
    """Tell whether a mention names the rows of a table before anything else."""
    if item.kind != "mention" or item.values:
        return False
    return item.best_table() >= max(_NAMES_TABLE, item.best_column())
