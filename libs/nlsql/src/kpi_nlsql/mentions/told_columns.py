"""Told columns: "stock with reserved quantity above …" is the table with a reserved quantity.

A noun that several tables are about as well called by is told by the columns that its rows have,
by the state they are in, and by the day that something was done to them: "accounts closed in 2023"
are those with a ``closed_on``, "dormant accounts" those with such a status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.schema.graph import Graph

_HALF = 0.5
_EXACT = 0.95
_AS_LIKELY = 0.15
_TWO = 2
_HEADS = 0.6
_DAY_OF = 0.5
_HAVING = frozenset({"with", "where", "whose", "having", "have"})
_RELATIVES = frozenset({"that", "which", "who"})
_LACKING = frozenset({"without", "no", "lacking"})
_BEING = frozenset("was were is are been being has have had".split())  # noqa: SIM905
_TIMES = frozenset("in on during since until".split())  # noqa: SIM905
_TIMED = ("after", "before", "between", "recent")


def told_by_columns(items: Sequence[Item], graph: Graph) -> tuple[Item, ...]:
    """Return the items with such nouns told as rows of the one table with the columns behind."""
    return tuple(_told(item, items, at, graph) for at, item in enumerate(items))


def _told(item: Item, items: Sequence[Item], position: int, graph: Graph) -> Item:
    if _is_emptied(item, item_at(items, position + 1)):
        return replace(item, hits=tuple(item.column_hits()))
    if not (_is_unclear(item) or _is_rather_column(item)):
        return item
    columns = _columns_told(items, skip_words(items, position + 1, _RELATIVES), graph)
    columns += _owners_of(item_at(items, position - 1))
    tables = item.table_hits()
    likely = [hit for hit in tables if hit.score >= tables[0].score - _AS_LIKELY]
    held = [hit for hit in likely if columns and all(hit.table in owners for owners in columns)]
    best = item.hits[0]
    if len(held) != 1 or (best.column and all(best.table in owners for owners in columns)):
        return item
    others = tuple(hit for hit in item.hits if hit not in likely and hit.score < best.score)
    return replace(item, hits=(NameHit(held[0].table, None, best.score), *others))


def _is_emptied(item: Item, following: Item | None) -> bool:
    """Tell whether a noun is said to be empty: "where supplier is null" is no table."""
    tested = following is not None and (following.is_cue("null") or following.is_cue("not_null"))
    held = any(hit.score >= _HALF for hit in item.column_hits())
    return tested and held and item.kind == "mention" and not item.text.endswith("s")


def _columns_told(items: Sequence[Item], start: int, graph: Graph) -> list[set[str]]:
    """Return, for each column that the clause behind a noun speaks of, the tables that have it."""
    following = item_at(items, start)
    if following is None:
        return []
    lacking = following.is_cue("not") and bool(_LACKING & set(following.text.split()))
    if following.text in _HAVING or lacking:
        return _columns_behind(items, start + 1)
    return _days_told(items, skip_words(items, start, _BEING), graph) or _state_told(items, start)


def _state_told(items: Sequence[Item], position: int) -> list[set[str]]:
    """Return the tables with the state that rows are in, or not: "accounts that are dormant"."""
    being = item_at(items, position)
    if being is None or being.text.split()[0] not in _BEING:
        return []
    return _owners_of(item_at(items, position + 1))


def _owners_of(state: Item | None) -> list[set[str]]:
    """Return the tables that hold a value which says of rows how they are: "dormant accounts"."""
    if state is None or state.best_table() >= _HEADS or state.best_column() >= _EXACT:
        return []
    owners = {hit.table for hit in state.values if hit.score >= 1.0}
    return [owners] if owners else []


def _days_told(items: Sequence[Item], position: int, graph: Graph) -> list[set[str]]:
    """Return the tables that keep the day of a deed told with its time: "closed in 2023"."""
    deed, time = item_at(items, position), item_at(items, position + 1)
    if deed is None or time is None or not deed.text.endswith("ed") or deed.best_table() >= _HEADS:
        return []
    bounded = any(time.is_cue(kind) for kind in _TIMED)
    if not bounded and not (time.text in _TIMES and text_at(items, position + 2)[:1].isdigit()):
        return []
    days = [hit for hit in deed.column_hits() if hit.score >= _DAY_OF]
    days = [hit for hit in days if graph.table(hit.table).column(str(hit.column)).dated]
    return [{hit.table for hit in days}] if days else []


def _is_unclear(item: Item) -> bool:
    tables = item.table_hits()
    called = item.best_table() > max(_HALF, item.best_column())
    if not called or len(tables) < _TWO:
        return False
    return tables[0].score < _EXACT or tables[1].score >= tables[0].score  # both called just so


def _is_rather_column(item: Item) -> bool:
    # "accounts without a sales rep" are rows, though others have an ``account``, too
    return item.text.endswith("s") and _HEADS <= item.best_table() < item.best_column()


def _columns_behind(items: Sequence[Item], start: int) -> list[set[str]]:
    """Return, for each column named in the clause that begins here, the tables that have it."""
    found: list[set[str]] = []
    for item in items[start:]:
        if item.kind == "mark" or item.is_cue("relative") or item.best_table() >= _EXACT:
            break
        owners = {hit.table for hit in item.column_hits() if hit.score >= _EXACT}
        found += [owners] if owners else []
    return found
