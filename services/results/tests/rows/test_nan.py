"""NaN among numbers: the extremes in a footer do not tell of it, the rows must."""

from __future__ import annotations

from collections.abc import Callable
from math import nan

import pyarrow as pa
import pytest

from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult

Keep = Callable[..., StoredResult]


@pytest.mark.parametrize("kind", [pa.float32(), pa.float64()])
@pytest.mark.parametrize(
    ("condition", "rows"),
    [("NaN", [1]), ({"ne": 0.5}, [1, 2]), ({"lt": 1}, [0, 2]), ({"in": [0.5, "NaN"]}, [0, 1])],
)
def test_filters_find_or_leave_out_nan_in_a_group_of_other_numbers(
    drilldown: Drilldown, keep: Keep, kind: pa.DataType, condition: object, rows: list[int]
) -> None:
    table = pa.table({"n": range(3), "x": pa.array([0.5, nan, 0.75], kind)})
    result = keep(table)
    found = drilldown.page(result, parse_query(result.columns, filters={"x": condition}))
    assert [record["n"] for record in found.records()] == rows
