"""Lacking there: "materials without a weight in SAP" are in SAP, where their weight is empty.

The column that is denied is one of the place: the rows are there, and not missing from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.function_words import MISSING
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, skip_words_back, text_at
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.wording.rewriting import ALSO_IN, IN, Step, rewritten

_ARTICLES = frozenset({"a", "an", "any", "the", "our"})
_RELATIVES = frozenset({"that", "which", "who"})
_LACKING = frozenset({"without", "no", "lacking", "any"})
_AND = Item("word", "and", 0, 0)
_EXACT = 0.95
_NAMES_TABLE = 0.6
_CALLED = 0.8
_HALF = 0.6


def lacking_there(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with what rows lack told behind the place where they lack it."""

    def rule(told: Sequence[Item], position: int) -> Step | None:
        return _lacking(told, position, graph)

    return rewritten(items, (rule, _owned, _lacking_in_both), first=1)


def _lacking(items: Sequence[Item], position: int, graph: Graph) -> Step | None:
    denial = items[position]
    at = skip_words(items, position + 1, _ARTICLES)
    column, place_at = item_at(items, at), skip_words(items, at + 2, _ARTICLES)
    place = item_at(items, place_at)
    if not denial.is_cue("not") or not _LACKING & set(denial.text.split()):
        return None
    if column is None or place is None or text_at(items, at + 1) != "in" or place.values:
        return None
    table = _emptied(column, place, graph)
    before = skip_words_back(items, position - 1, _RELATIVES)
    if table is None or not items[before].text.endswith("s") or items[before].kind != "mention":
        return None
    called = _called(items, before)
    if called == {table}:
        return None
    lead = ALSO_IN if called and table not in called else IN
    own = tuple(hit for hit in column.hits if hit.table == table)
    return before + 1, place_at + 1, [lead, place, denial, replace(column, hits=own)]


def _owned(items: Sequence[Item], position: int) -> Step | None:
    """Read "postings without a bank account number" as those without an account number.

    The rows have the number themselves, which is one of the bank's: no row of the bank is denied.
    """
    at = skip_words(items, position + 1, _ARTICLES)
    owner, column = item_at(items, at), item_at(items, at + 1)
    if not items[position].is_cue("not") or owner is None or column is None or owner.values:
        return None
    if owner.best_table() < _NAMES_TABLE or owner.text.endswith("s"):
        return None
    if column.best_column() < _HALF or column.best_table() >= column.best_column():
        return None
    rows = items[skip_words_back(items, position - 1, _RELATIVES)].table_hits()[:1]
    having = {hit.table for hit in column.column_hits() if hit.score >= _HALF}
    if not rows or not {rows[0].table, owner.table_hits()[0].table} <= having:
        return None
    own = tuple(replace(hit, score=1.0) for hit in column.hits if hit.table == rows[0].table)
    whole = replace(column, start=owner.start, text=f"{owner.text} {column.text}", hits=own[:1])
    return at, at + 2, [whole]


def _lacking_in_both(items: Sequence[Item], position: int) -> Step | None:
    """Read "missing in A and in B" as missing in both; "also in B" would say that B has them."""
    place = items[position - 1]
    lead = items[skip_words_back(items, position - 2, _ARTICLES)]
    if items[position].text != "and in" or place.best_table() < _NAMES_TABLE:
        return None
    return (position, position + 1, [_AND]) if lead.text.startswith(MISSING) else None


def _called(items: Sequence[Item], position: int) -> set[str]:
    """Return the tables that rows are surely called by, maybe by their system before the noun."""
    for item in items[position : position - 2 if position > 1 else None : -1]:
        if item.best_table() >= _CALLED and item.best_table() >= item.best_column():
            return {hit.table for hit in item.table_hits() if hit.score >= item.best_table()}
    return set()


def _emptied(column: Item, place: Item, graph: Graph) -> str | None:
    """Return the table of a place that has a column called so which may be empty."""
    if column.best_column() < _EXACT or column.best_table() >= column.best_column():
        return None
    if place.best_table() < max(_NAMES_TABLE, place.best_column()):
        return None
    table = graph.table(place.table_hits()[0].table)
    own = (hit for hit in column.column_hits() if hit.table == table.name and hit.score >= _EXACT)
    named = next((table.column(str(hit.column)) for hit in own), None)
    if named is None or not named.nullable or named.name in table.primary_key:
        return None
    return table.name
