"""Kind heads: "which rabbits have a visit" asks for patients, told by what kind they are.

So do "how many of our rabbits have …", "show me all rabbits without …" and "rabbits which are …".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at
from kpi_nlsql.schema.graph import Graph

_BEHIND = frozenset("have has had are were is was do does did with without who that".split())  # noqa: SIM905
_OPENING_CUES = ("show", "all", "count")
_OPENING_WORDS = frozenset({"which", "what", "a", "of", "the", "our", "my", "all", "those"})
_NAMES_TABLE = 0.6


def with_rows_of_kind(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with the rows named behind a kind that the sentence asks for by itself."""
    told = list(items)
    head = _head(told)
    kind = item_at(told, head)
    behind = item_at(told, head + 1)
    if kind is None or not _is_kind(kind) or behind is None or not _says_more(behind):
        return told
    table = _table_of(kind, told[head + 1 :], graph)
    if table is None:
        return told
    own = tuple(hit for hit in kind.values if hit.table == table)
    rows = Item("mention", kind.text, kind.end, kind.end, hits=(NameHit(table, None, 1.0),))
    return [*told[:head], replace(kind, values=own), rows, *told[head + 1 :]]


def _head(items: Sequence[Item]) -> int:
    """Return where the kind stands: in "which active rabbits", behind what they are."""
    head = 0
    while head < len(items) and _opens(items[head]):
        head += 1
    while head + 1 < len(items) and items[head].values and _is_kind(items[head + 1]):
        head += 1
    return head


def _opens(item: Item) -> bool:
    """Tell whether an item of the request stands before what is asked for: "show me all"."""
    return item.text in _OPENING_WORDS or any(map(item.is_cue, _OPENING_CUES))


def _says_more(item: Item) -> bool:
    """Tell whether a clause about the rows begins here."""
    clause = any(map(item.is_cue, ("not", "missing", "also", "relative")))
    return clause or item.text.split()[0] in _BEHIND


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
