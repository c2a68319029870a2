"""What a caller wants to see of a result, read against the result's columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kpi_contracts.result import Selection, SortedBy
from kpi_results.rows.columns import Columns
from kpi_results.rows.query import ViewQuery, parse_query, parse_sort
from kpi_results.wish import Wish
from kpi_service.json import encode


@dataclass(frozen=True, slots=True)
class Selected:
    """A wish that fits the columns: as it goes on record, and as the engine takes it."""

    selection: Selection
    query: ViewQuery


def select(wish: Wish, columns: Columns) -> Selected:
    """Check a wish. Raises InvalidSort, InvalidFilter or InvalidSearch, naming what is wrong."""
    keys = [
        _direction(key, descending, columns)
        for key, descending in parse_sort(wish.sort_by, wish.sort_order)
    ]
    selection = Selection(
        sort=tuple(SortedBy(key, descending) for key, descending in keys),
        filters=None if wish.filters == {} else wish.filters,
        search=wish.search or None,
    )
    return Selected(
        selection,
        parse_query(columns, sort=keys, filters=selection.filters, search=selection.search),
    )


def in_words(selection: Selection) -> dict[str, str]:
    """Describe a selection for readers of a report, by parameter."""
    keys = (
        f"{key.column} (descending)" if key.descending else key.column for key in selection.sort
    )
    words: dict[str, Any] = {
        "Sorted by": ", ".join(keys),
        "Filters": encode(selection.filters).decode() if selection.filters else "",
        "Search": selection.search,
    }
    return {name: text for name, text in words.items() if text}


def _direction(key: str, descending: bool, columns: Columns) -> tuple[str, bool]:
    """Read one key of `sort_by`. A column that is itself called `-a` comes before `a` turned."""
    if key.startswith("-") and columns.named(key) is None:
        return key[1:], not descending
    return key, descending
