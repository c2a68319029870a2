"""Pages: what a reader of drill-down gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa

from kpi_results.rows.columns import Columns
from kpi_results.rows.errors import InvalidPage
from kpi_results.rows.gather import gather, gather_range
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import StoredResult
from kpi_results.rows.views import View, Views
from kpi_rows.json_values import JsonValue, json_values

MAX_PAGE_SIZE = 1000
_MAX_PAGE = 1 << 53

Row: TypeAlias = "dict[str, JsonValue]"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a view, `number` counted from 1. Past the end it has no rows, the totals stand.

    `table` has physical column names; `total` counts the view, `stored` all rows of the run.
    """

    columns: Columns
    table: pa.Table
    number: int
    size: int
    total: int
    stored: int

    @property
    def pages(self) -> int:
        """Pages of this size in the view."""
        return -(-self.total // self.size)

    def records(self) -> list[Row]:
        """Return the rows as JSON objects by column key."""
        return records(self.columns, self.table)


def read_page(
    views: Views, result: StoredResult, query: ViewQuery, *, page: int = 1, page_size: int = 50
) -> Page:
    """Read one page. Raises InvalidPage, PartDamaged, BusyReading or EngineFailure."""
    if not 1 <= page <= _MAX_PAGE:
        raise InvalidPage("page", "starts at 1")
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        raise InvalidPage("page_size", f"lies between 1 and {MAX_PAGE_SIZE}")
    start, stop = (page - 1) * page_size, page * page_size
    view = views.open(result, query, reach=stop)
    table = read_rows(result, view, start, stop)
    return Page(result.columns, table, page, page_size, view.total, result.rows)


def read_rows(result: StoredResult, view: View, start: int, stop: int) -> pa.Table:
    """Return the view's rows at places start ≤ p < stop. Raises PartDamaged."""
    rows = view.rows(start, stop)
    if isinstance(rows, range):
        return gather_range(result, rows.start, rows.stop)
    return gather(result, rows)


def records(columns: Columns, table: pa.Table) -> list[Row]:
    """Return the table's rows as JSON objects by column key."""
    keys = [column.key for column in columns]
    cells: list[list[Any]] = [json_values(column) for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in zip(*cells, strict=True)]
