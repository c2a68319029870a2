"""What a caller asks to see of a result, before it is held against the result's columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
