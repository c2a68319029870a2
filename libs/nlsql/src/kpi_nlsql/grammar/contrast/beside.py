"""Beside: what values named beside a comparison say of its sides: "approved prices"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_nlsql.grammar.conditions.listed_values import either_value, is_denied
from kpi_nlsql.grammar.contrast.account import Account
from kpi_nlsql.grammar.contrast.bounds import PLACES
from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.comparator import is_deed
from kpi_nlsql.grammar.contrast.layout import Layout, is_value
from kpi_nlsql.grammar.reconciling.side_conditions import side_conditions
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan

_PARTLY = 0.6


def said_beside(
    items: Sequence[Item], layout: Layout, account: Account, choice: Choice, behind: set[int]
) -> list[plan.Condition]:
    """Return what the values named beside the comparison say: "the approved price"."""
    sides = (("s", choice.left.table), ("t", choice.right.table))
    for at in _amounts_told(items, choice):
        account.add_item(at)
    known = {at for at in range(len(items)) if account.has(at)}
    found: list[plan.Condition] = []
    if not choice.same_row:
        found, told = side_conditions(items, {table: alias for alias, table in sides}, known)
        for at in told:
            account.add_item(at)
    for position, item in enumerate(items):
        set_flag = _describes_rows(items, layout, position, [table for _, table in sides])
        if not (is_value(item) or set_flag) or (account.has(position) and not set_flag):
            continue
        for alias, table in sides[::-1] if position in behind else sides:
            hits = [hit for hit in item.values if hit.table == table and hit.score >= 1.0]
            if hits:
                denied = is_denied(items, position)
                subject = plan.ColumnRef(alias, hits[0].column)
                value = plan.Constant(hits[0].value)
                found.append(plan.Compare(subject, "!=" if denied else "=", value))
                account.add_item(position)
                for at in (*layout.loose, position - 1):
                    if _names(items[at], table, hits[0].column):
                        account.add_item(at)
                break
    return either_value(found)


def _amounts_told(items: Sequence[Item], choice: Choice) -> Iterator[int]:
    """Yield where a deed says which amount is compared, and no state: "the amount paid"."""
    columns = {(side.table, side.column) for side in (choice.left, choice.right)}
    for at, item in enumerate(items):
        named = {(hit.table, hit.column) for hit in items[at - 1].column_hits()} if at else set()
        placed = at + 1 < len(items) and items[at + 1].text in PLACES
        if is_value(item) and is_deed(item) and not placed and columns & named:
            yield at


def _describes_rows(
    items: Sequence[Item], layout: Layout, position: int, tables: Sequence[str]
) -> bool:
    """Tell whether a word before the rows is a value of theirs: "returned items".

    It may be named like a flag, which here is not asked for, or like a part of a column's name.
    """
    if position not in layout.head[:-1]:
        return False
    item = items[position]
    flags = {(hit.table, hit.column) for hit in item.column_hits() if hit.table == tables[0]}
    held = [hit for hit in item.values if hit.score >= 1.0 and hit.table in tables]
    partly = max((hit.score for hit in item.hits), default=0.0) < _PARTLY
    return any(partly or (hit.table, hit.column) in flags for hit in held)


def _names(item: Item, table: str, column: str) -> bool:
    return any((hit.table, hit.column) == (table, column) for hit in item.column_hits())
