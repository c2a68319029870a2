"""What a view shows: a filter, a search, an order. Canonical, so that equal views share work."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from kpi_results.rows.columns import Column, Columns
from kpi_results.rows.errors import InvalidSearch, InvalidSort
from kpi_results.rows.filters import Filter, parse_filters

MAX_SORT_KEYS = 16
MAX_SEARCH = 200


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order. NaN, then NULL, come last in both directions."""

    column: Column
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """Which rows, in which order. Ties, and everything without sort keys, go by row number."""

    filter: Filter | None = None
    search: str | None = None
    sort: tuple[SortKey, ...] = ()
    within: str | None = None
    """Name of a kept set of rows (a class of a comparison) that the view is limited to."""

    @property
    def is_plain(self) -> bool:
        """Whether the view is just the stored rows."""
        return self.selects_all and not self.sort

    @property
    def selects_all(self) -> bool:
        """Whether no row is left out."""
        return self.filter is None and self.search is None and self.within is None

    def digest(self, fingerprint: str) -> str:
        """Name this view over the rows with that fingerprint; equal views have equal names."""
        canonical = repr((fingerprint, self.filter, self.search, self.sort, self.within))
        return hashlib.sha256(canonical.encode()).hexdigest()


def parse_query(
    columns: Columns,
    *,
    sort: Sequence[tuple[str, bool]] = (),
    filters: object = None,
    search: str | None = None,
) -> ViewQuery:
    """Check a caller's wishes. `sort` is (column key, descending) per key, most important first.

    Raises InvalidSort, InvalidFilter or InvalidSearch.
    """
    return ViewQuery(parse_filters(filters, columns), _search(search), _sort(columns, sort))


def parse_sort(sort_by: str | None, sort_order: str = "asc") -> list[tuple[str, bool]]:
    r"""Read `sort_by=a,b&sort_order=desc,asc`; a single order counts for every column.

    A comma within a column's name is written `\,`. Raises InvalidSort.
    """
    orders = [order.strip().lower() for order in sort_order.split(",")]
    if any(order not in ("asc", "desc") for order in orders):
        raise InvalidSort("sort_order", "each order is asc or desc")
    if not sort_by:
        return []
    keys = [key.replace("\0", ",") for key in sort_by.replace("\\,", "\0").split(",")]
    if len(orders) == 1:
        orders *= len(keys)
    if len(orders) != len(keys):
        raise InvalidSort("sort_order", f"{len(orders)} orders for {len(keys)} columns")
    return [(key, order == "desc") for key, order in zip(keys, orders, strict=True)]


def _sort(columns: Columns, sort: Sequence[tuple[str, bool]]) -> tuple[SortKey, ...]:
    if len(sort) > MAX_SORT_KEYS:
        raise InvalidSort("sort_by", f"more than {MAX_SORT_KEYS} columns")
    keys = []
    for name, descending in sort:
        column = columns.named(name)
        if column is None:
            raise InvalidSort("sort_by", f"there is no column {name!r}")
        keys.append(SortKey(column, descending))
    if len({key.column.index for key in keys}) != len(keys):
        raise InvalidSort("sort_by", "a column is named twice")
    return tuple(keys)


def _search(search: str | None) -> str | None:
    if not search:
        return None
    if len(search) > MAX_SEARCH or "\0" in search:
        raise InvalidSearch("search", f"takes at most {MAX_SEARCH} characters, none of them NUL")
    try:
        search.encode()
    except UnicodeEncodeError as error:
        raise InvalidSearch("search", "is not text") from error
    return search
