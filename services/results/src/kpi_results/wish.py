"""What a caller asks to see of results, before it is held against their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kpi_contracts.result import RowClass

CLASSES: tuple[RowClass, ...] = ("new", "resolved", "persisting", "changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The query parameters of drill-down and export that choose rows and their order.

    `sort_by` holds column keys separated by commas, `-` in front for descending; `sort_order` is
    one order for all or one for each. `filters` is the document of `kpi_results.rows.filters`.
    """

    sort_by: str | None = None
    sort_order: str = "asc"
    filters: Any = None
    search: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to show of a comparison: classes, a page of each, chosen and sorted by `wish`."""

    key: Sequence[str]
    classes: Sequence[RowClass]
    wish: Wish
    page: int
    page_size: int
