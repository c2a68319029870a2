"""Place nouns: nouns before a place that name another table, or a key, and mean its rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.homes import calls_by_key, names_rows, naming_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.place_leads import Place
from kpi_nlsql.mentions.row_heads import has_others, heads_another, names_another
from kpi_nlsql.mentions.row_nouns import calls_rows
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.schema.same_things import same_things

_EXACT = 0.95
_SPOKEN = 0.9
_NAMES_TABLE = 0.6
_MAY_NAME_TABLE = 0.4
_KEPT_IN = frozenset({"in", "from", "within"})
_PEOPLE = frozenset({"people", "persons", "individuals"})


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


def told_otherwise(noun: Item, told: Sequence[Item], place: Place) -> bool:
    """Tell whether what stands between a noun and a place says that the rows are not of the place.

    "Trades without a confirmation from the broker"; "accounts by total value in the backlog" tells
    where the values are, and "titles of the imprint Lantern which are in the price list" what other
    rows tell of titles.
    """
    if any(item.is_cue("not") or item.is_cue("aggregate") for item in told):
        return True
    called = {hit.table for hit in noun.table_hits() if hit.score >= _NAMES_TABLE} - {place.table}
    return place.told and any(
        item.values and not item.hits and {value.table for value in item.values} <= called
        for item in told
    )


def is_noun(
    item: Item, before: Item, table: Table, graph: Graph, place: Place, proper: bool
) -> bool:
    """Tell whether a mention is what the rows of a place are called by.

    ``before``: what stands right before the words that lead to the place; ``table``: the place's;
    ``proper``: whether the place goes by a proper name, "SAP".
    """
    own = [hit for hit in item.column_hits() if hit.table == table.name]
    people = item.text in _PEOPLE and item is before and not own
    if people or (place.lead != "of" and calls_by_key(item, table)):
        return True  # whoever else counts "persons", or is of the division People
    if _is_value(item, table.name) or any(hit.score >= _EXACT for hit in own):
        return False
    if item is before and calls_rows(item):
        return True
    heads = any(hit.table == table.name for hit in item.table_hits())
    if heads and stems(table.name)[-1:] == stems(item.text)[-1:]:
        return True
    if place.told and (
        heads_another(item, table.name, graph) or has_others(item, table.name, graph)
    ):
        return False
    if item.best_table() >= _EXACT and item.best_table() >= item.best_column():
        other = item.table_hits()[0].table
        beside = (place.told or item is before) and other != table.name
        alike = place.lead in _KEPT_IN and same_things(graph, other, table.name)
        return beside and (proper or alike)
    if item.best_column() >= _EXACT:
        return False
    if item.text in _PEOPLE:
        return item is before
    if place.lead in {"on", "of", "from"} and not proper and names_another(item, table.name):
        return False  # "claims on policies" are claims, and "orders that came from buyers" orders
    words = tuple(stem(word) for word in item.text.split() if word not in FUNCTION_WORDS)
    plural = item.text.endswith("s")
    return plural and (item.best_table() >= _MAY_NAME_TABLE or names_rows(words, table))


def _is_value(item: Item, table: str) -> bool:
    # "flights in the schedule" are its rows, though elsewhere a type is called Flight.
    spelt = any(hit.value.lower() == item.text for hit in item.values)
    return spelt or any(hit.table == table for hit in item.values)
