"""Part nouns: "orders without lines", "the sum of its lines": the rows that a thing consists of.

Which rows are lines, items or positions is told by the thing named before: the lines of an order
header are the order details.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.row_words import PART_STEMS, ROW_STEMS
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.schema.amounts import money_amount
from kpi_nlsql.schema.graph import Graph, Table

_DETERMINERS = frozenset({"its", "their", "the", "all", "of"})
_WHOLE = ROW_STEMS | {stem("header"), stem("head")}
_NAMES_TABLE = 0.6
_HALF = 0.5
"""How well a noun names a table that is called so and something else: the order header."""
_SURE = 0.95


def with_parts(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with bare lines, items or positions told as rows of their one table."""
    told: list[Item] = []
    for item in items:
        parts = _parts(told, graph) if _is_part(item) else None
        if parts is None:
            told.append(item)
            continue
        amount = money_amount(graph.table(parts)) if _adds_up(told) else None
        hit = NameHit(parts, amount, _SURE)
        told.append(replace(item, kind="mention", cues=(), hits=(hit,)))
    return told


def _adds_up(before: Sequence[Item]) -> bool:
    # "the sum of its lines": of what they amount to
    behind = skip_words_back(before, len(before) - 1, _DETERMINERS)
    return before[behind].is_cue("aggregate", "sum")


def _is_part(item: Item) -> bool:
    bare = item.best_table() < _NAMES_TABLE and item.best_column() < _SURE and not item.values
    return bare and item.text.endswith("s") and stem(item.text) in PART_STEMS


def _parts(before: Sequence[Item], graph: Graph) -> str | None:
    """Return the one table of what the thing named last consists of."""
    named = [item for item in before if item.best_table() >= _HALF]
    if not named or named[-1] is before[-1]:
        return None  # "order lines" are named together
    hits = [hit for hit in named[-1].table_hits() if hit.score >= _HALF]
    things = {thing for hit in hits for thing in _things(graph.table(hit.table))}
    found = [table.name for table in graph.tables if _consists_of(table, things)]
    return found[0] if len(found) == 1 else None


def _things(table: Table) -> set[tuple[str, ...]]:
    names = [stems(name) for name in table.display_names]
    return {name[:-1] if len(name) > 1 and name[-1] in _WHOLE else name for name in names}


def _consists_of(table: Table, things: set[tuple[str, ...]]) -> bool:
    names = [stems(name) for name in table.display_names]
    return any(name[-1] in PART_STEMS and name[:-1] in things for name in names)
