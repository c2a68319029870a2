"""Row keys: a noun means the rows of the one table whose own key is called so.

"badges" are the rows of ``badge_holder``, where each has its ``badge_no``, not of ``badge_swipe``,
where one badge has many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.homes import home_of, numbering, numbers_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.schema.key_names import KEY_TAILS

_EXACT = 0.95
_KEYED = 0.86
_NAMES_TABLE = 0.5
_AT_HOME = 0.7
_SHORTENED = 0.4


def keyed(items: Sequence[Item], graph: Graph) -> tuple[Item, ...]:
    """Return the items, each noun with the table it numbers the rows of before all others."""
    return tuple(_keyed(item, graph) for item in items)


def _keyed(item: Item, graph: Graph) -> Item:
    hits = item.table_hits()
    if item.kind == "mention" and not hits and not item.values:
        return _at_home(item, graph)
    if item.kind != "mention" or item.values or not hits or hits[0].score >= _EXACT:
        return item
    if item.best_column() >= _EXACT:
        return item
    words = stems(item.text)
    named = [hit.table for hit in hits if hit.score >= _NAMES_TABLE]
    owners = [table for table in named if numbers_rows(words, graph.table(table))]
    owners = owners or _short_owners(item, graph)
    if len(owners) > 1:
        owners = [table for table in owners if _plainly(graph.table(table), words)]
    if len(owners) != 1 or (hits[0].table == owners[0] and hits[0].score >= _KEYED):
        return item
    others = tuple(hit for hit in item.hits if (hit.table, hit.column) != (owners[0], None))
    return replace(item, hits=(NameHit(owners[0], None, _KEYED), *others))


def _short_owners(item: Item, graph: Graph) -> list[str]:
    """Return the tables whose own key is called so with the word written short: ``ln_no``."""
    tables = [graph.table(hit.table) for hit in item.table_hits() if hit.score >= _SHORTENED]
    return [
        table.name
        for table in tables
        if any(table.identifies((column.name,)) for column in numbering(item, table))
    ]


def _plainly(table: Table, words: tuple[str, ...]) -> bool:
    """Tell whether the key is called by the words alone: ``policy_no``, not ``old_policy_no``."""
    keys = [column for column in table.columns if table.identifies((column.name,))]
    names = [key.display_names[0].split() for key in keys]
    return any(
        name[-1] in KEY_TAILS and len(name) == len(words) + 1 and _begins(name, words)
        for name in names
    )


def _begins(name: Sequence[str], words: tuple[str, ...]) -> bool:
    pairs = zip(name, words, strict=False)
    return all(stem(part) == word or part[:1] == word[:1] for part, word in pairs)


def _at_home(item: Item, graph: Graph) -> Item:
    # "deals" are the rows of ``trade_capture``, where each has a ``deal_no``.
    if not item.text.endswith("s") or item.best_column() >= _EXACT:
        return item
    home = home_of(item, graph.tables)
    return item if home is None else replace(item, hits=(NameHit(home, None, _AT_HOME), *item.hits))
