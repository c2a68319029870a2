"""Grouped first: "count per site the bins without …" counts the bins without …, per site."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at

_ROWS_BEGIN = frozenset({"the", "all", "all the", "how many", "those", "our"})
_ASKING = ("count", "show")


def grouped_last(items: Sequence[Item]) -> list[Item]:
    """Return the items with groups that are told right behind the verb moved to the end."""
    start = 1 if items and any(items[0].is_cue(kind) for kind in _ASKING) else 0
    if len(items) < start + 4 or not items[start].is_cue("group"):
        return list(items)
    end = start + 1
    while end < len(items) and (_names(items[end]) or _goes_on(items, end)):
        end += 1
    if end == start + 1 or end >= len(items) - 1 or not _begins_rows(items[end]):
        return list(items)
    if items[end].text == "," or any(item.is_cue("group") for item in items[end:]):
        return list(items)
    rest = list(items[end:])
    marks: list[Item] = []
    while rest and rest[-1].kind == "mark":
        marks.insert(0, rest.pop())
    return [*items[:start], *rest, *items[start:end], *marks]


def _names(item: Item) -> bool:
    return item.kind == "mention" and bool(item.hits) and not item.values


def _goes_on(items: Sequence[Item], position: int) -> bool:
    following = item_at(items, position + 1)
    return items[position].text in {"and", ","} and following is not None and _names(following)


def _begins_rows(item: Item) -> bool:
    return item.text in _ROWS_BEGIN or item.is_cue("all") or item.is_cue("count")
