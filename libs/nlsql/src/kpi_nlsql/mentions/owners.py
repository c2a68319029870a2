"""Owners: whose column it is that a mention stands for, as far as the syntax tells."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.apparent_values import DETERMINERS
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.roles import Role

_OF_WORDS = frozenset("of for from in".split())  # noqa: SIM905
_PLAIN = frozenset({"word", "number"})


def owners(items: Sequence[Item], found: Sequence[Role]) -> list[str | None]:
    """Return for each column mention the table that the syntax makes its owner, if any."""
    result: list[str | None] = [None] * len(items)
    for position, role in enumerate(found):
        if role != "column":
            continue
        result[position] = _before(items, found, position) or _after(items, found, position)
    return result


def _table(item: Item) -> str:
    return item.table_hits()[0].table


def _before(items: Sequence[Item], found: Sequence[Role], position: int) -> str | None:
    # ``customer name``, ``employees whose name``, ``customers' names and emails``.
    index = position - 1
    if index >= 0 and found[index] == "table":
        return _table(items[index])
    if index >= 1 and items[index].text in {"whose", "with", "having"}:
        for earlier in range(index - 1, max(index - 4, -1), -1):
            if found[earlier] == "table":
                return _table(items[earlier])
    return None


def _after(items: Sequence[Item], found: Sequence[Role], position: int) -> str | None:
    """``name and age of the students``: skip the rest of the list, then ``of`` and a table."""
    index = position + 1
    while index < len(items):
        item = items[index]
        if item.text in _OF_WORDS or item.is_cue("group"):
            return _owner_after(items, found, index + 1)
        is_list = found[index] == "column" or item.text in {"and", ",", "or", "as", "well"}
        if not (is_list or item.text in DETERMINERS or item.is_cue("aggregate")):
            return None
        index += 1
    return None


def _owner_after(items: Sequence[Item], found: Sequence[Role], index: int) -> str | None:
    while index < len(items):
        item = items[index]
        if found[index] == "table":
            return _table(item)
        skip = item.text in DETERMINERS or item.is_cue("all") or item.is_cue("superlative")
        if not (skip or item.is_cue("distinct") or item.kind in _PLAIN or found[index] == "value"):
            return None
        index += 1
    return None
