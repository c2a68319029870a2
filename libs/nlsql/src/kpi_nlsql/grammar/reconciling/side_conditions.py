"""Conditions on one side of a comparison: "prices differ in A and B for those active in B"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from kpi_nlsql.grammar.conditions.listed_values import is_denied
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.plans import plan

_IN = frozenset({"in", "of", "from", "on"})
_BEING = frozenset({"is", "are", "was", "were", "the", "=", "not", "in", "of"})
_SURE = 0.6
_KNOWN = 0.95
_FARTHEST = 6


def side_conditions(
    items: Sequence[Item], sides: Mapping[str, str], known: Set[int]
) -> tuple[list[plan.Condition], set[int]]:
    """Return what values that stand beside a table say of it, and where that is said.

    ``sides``: the alias that each of the two tables goes by; ``known``: what is understood already.
    """
    found: list[plan.Condition] = []
    said: set[int] = set()
    for position, item in enumerate(items):
        valued = bool(item.values) and position not in known and not _is_listed(items, position)
        tables = _told_of(items, position, sides) if valued else ()
        hits = [next((h for h in item.values if h.table == table), None) for table in tables]
        if not hits or None in hits:
            continue
        operator: plan.Operator = "!=" if is_denied(items, position) else "="
        for hit in hits:
            assert hit is not None
            column = plan.ColumnRef(sides[hit.table], hit.column)
            found.append(plan.Compare(column, operator, plan.Constant(hit.value)))
            said |= {at for at in _before(position) if _names(items[at], hit)}
        said.add(position)
    return found, said


def _told_of(items: Sequence[Item], position: int, sides: Mapping[str, str]) -> tuple[str, ...]:
    """Return the tables of which a value is said: "active in A", "active in both"."""
    behind = items[position + 1 : position + _FARTHEST]
    following = [item for item in behind if item.text not in {"the", "both"} or item.cues]
    if following and (following[0].text == "in both" or _both_behind(following)):
        return tuple(sides)
    if following and following[0].text in _IN and len(following) > 1:
        table = _table(following[1], sides)
        joined = "and" in [item.text for item in following[2:3]]
        goes_on = [item for item in following[3:] if item.text not in _IN][:1]
        if joined and any(_table(item, sides) not in {None, table} for item in goes_on):
            return tuple(sides)
        return () if table is None else (table,)
    return _told_before(items, position, sides)


def _both_behind(following: Sequence[Item]) -> bool:
    return following[0].text in _IN and len(following) > 1 and following[1].text == "both"


def _told_before(items: Sequence[Item], position: int, sides: Mapping[str, str]) -> tuple[str, ...]:
    """Return the table of "whose status in A is Active", "where the A status is Active"."""
    named = False
    for at in reversed(_before(position)):
        item = items[at]
        if (table := _table(item, sides)) is not None:
            named = named or (at > 1 and items[at - 2].best_column() >= _KNOWN)
            return (table,) if named and at < position - 1 else ()
        if item.kind == "mention" and item.best_column() >= _KNOWN:
            named = True
        elif item.text not in _BEING and not item.is_cue("compare", "=") and not item.is_cue("not"):
            break
    return ()


def _is_listed(items: Sequence[Item], position: int) -> bool:
    # "neither open nor blocked in A": the whole list is read with its first value
    listed = position > 1 and items[position - 1].text in {"or", "and", ",", "/", "nor"}
    return listed and bool(items[position - 2].values)


def _before(position: int) -> range:
    return range(max(position - _FARTHEST, 0), position)


def _names(item: Item, value: ValueHit) -> bool:
    """Tell whether an item names the column of a value: "the status in A is Active"."""
    return any((hit.table, hit.column) == (value.table, value.column) for hit in item.column_hits())


def _table(item: Item, sides: Mapping[str, str]) -> str | None:
    if item.best_table() < _SURE:
        return None
    table = item.table_hits()[0].table
    return table if table in sides else None
