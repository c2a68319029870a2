"""Named columns: which columns a mention may name, seen what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.roles import Role
from kpi_nlsql.mentions.walking import item_at, skip_words
from kpi_nlsql.schema.amounts import adds_up, names_rows
from kpi_nlsql.schema.graph import Column, Graph, Table
from kpi_nlsql.schema.naming_columns import naming_columns

NAMES = frozenset({"name", "names", "title", "titles"})
_NUMBERS = frozenset({"number", "numbers", "code", "codes", "id", "ids"})
_NAMING = 0.8
_NAMED = 0.95


def named_columns(
    items: Sequence[Item], found: Sequence[Role], position: int, near: str | None, graph: Graph
) -> tuple[NameHit, ...]:
    """Return what a mention may name, where it is said to be of the table ``near``."""
    item = items[position]
    hits = _headed(item, graph)
    if item.text in NAMES and near is not None:
        hits = _naming(hits, graph.table(near))
    elif item.text in NAMES and (kind := _kind(items, found, position)):
        hits = [hit for table in kind for hit in _naming([], graph.table(table))] or hits
    if near is not None and position and found[position - 1] == "table":
        hits += _numbered(item, graph.table(near))
    return tuple(hits)


def _headed(item: Item, graph: Graph) -> list[NameHit]:
    """Return the columns a mention may name: where kegs are delivered, no ``keg_price``."""
    hits = item.column_hits()
    if not any(hit.score >= _NAMED and adds_up(_column(hit, graph)) for hit in hits):
        return hits
    return [hit for hit in hits if hit.score >= _NAMED or not _rates(_column(hit, graph))]


def _rates(column: Column) -> bool:
    return column.family == "number" and not (adds_up(column) or names_rows(column))


def _naming(hits: list[NameHit], table: Table) -> list[NameHit]:
    """Return the hits with the column that names the rows of the table."""
    if (full := full_name(table)) is not None:
        return [NameHit(table.name, full, 1.0), *hits]
    named = naming_columns(table)[0]
    own = any(hit.table == table.name and hit.score > _NAMING for hit in hits)
    added = [] if own or named in table.primary_key else [NameHit(table.name, named, _NAMING)]
    return [*hits, *added]


def full_name(table: Table) -> str | None:
    """Return the column of full names, unless one is called "name" alone.

    Agency staff go by it, whatever their ``agency_name`` is.
    """
    named = naming_columns(table)[0]
    called = any(column.name.lower() == "name" for column in table.columns)
    return named if "full name" in table.column(named).display_names and not called else None


def _kind(items: Sequence[Item], found: Sequence[Role], position: int) -> list[str]:
    """Return the tables of a kind that a value tells: "names of the three nurses" of some job."""
    noun = skip_words(items, position + 2, {"the", "all"})
    noun += bool((number := item_at(items, noun)) and number.number is not None)
    item, led = item_at(items, noun), item_at(items, position + 1)
    if item is None or led is None or led.text != "of" or found[noun] != "value":
        return []
    return list(dict.fromkeys(v.table for v in item.values)) if item.text.endswith("s") else []


def _numbered(item: Item, table: Table) -> list[NameHit]:
    """Return the key of the table before "number", unless a column of it is called so."""
    own = any(hit.table == table.name for hit in item.column_hits())
    numbers = item.text in _NUMBERS and not own and len(table.primary_key) == 1
    return [NameHit(table.name, table.primary_key[0], _NAMING)] if numbers else []


def _column(hit: NameHit, graph: Graph) -> Column:
    return graph.table(hit.table).column(str(hit.column))
