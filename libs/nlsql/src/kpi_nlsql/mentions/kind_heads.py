"""Kind heads: "which rabbits have a visit" asks for patients, told by what kind they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at
from kpi_nlsql.schema.graph import Graph

_BEHIND = frozenset("have has had are were is was do does did with without who that".split())  # noqa: SIM905
_NAMES_TABLE = 0.6


def with_rows_of_kind(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with the rows named behind a kind that the sentence asks for by itself."""
    told = list(items)
    head = _head(told)
    kind = item_at(told, head)
    if text_at(told, 0) not in {"which", "what"} or kind is None or not _is_kind(kind):
        return told
    behind = item_at(told, head + 1)
    if behind is None or not (behind.text.split()[0] in _BEHIND or behind.is_cue("not")):
        return told
    table = _table_of(kind, told[head + 1 :], graph)
    if table is None:
        return told
    own = tuple(hit for hit in kind.values if hit.table == table)
    rows = Item("mention", kind.text, kind.end, kind.end, hits=(NameHit(table, None, 1.0),))
    return [*told[:head], replace(kind, values=own), rows, *told[head + 1 :]]


def _head(items: Sequence[Item]) -> int:
    """Return where the kind stands: in "which active rabbits", behind what they are."""
    head = 1
    while head + 1 < len(items) and items[head].values and _is_kind(items[head + 1]):
        head += 1
    return head


def _is_kind(item: Item) -> bool:
    """Tell whether rows are named by the plural of a value: "rabbits", species rabbit."""
    spelt = any(hit.value.lower() == item.text for hit in item.values)
    return bool(item.values) and not item.hits and item.text.endswith("s") and not spelt


def _table_of(kind: Item, rest: Sequence[Item], graph: Graph) -> str | None:
    """Return the one table with such a kind that the other tables named are joined to."""
    named = {
        item.table_hits()[0].table
        for item in rest
        if item.best_table() >= _NAMES_TABLE and item.best_table() >= item.best_column()
    }
    tables = dict.fromkeys(hit.table for hit in kind.values)
    others = {table: named - {table} for table in tables}
    if not named or any(table in named for table in tables):
        return None
    joined = {
        table: sum(bool(graph.joins_between(table, other)) for other in others[table])
        for table in tables
    }
    most = max(joined.values())
    best = [table for table, count in joined.items() if count == most]
    return best[0] if most and len(best) == 1 else None
