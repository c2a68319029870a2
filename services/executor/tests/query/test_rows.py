"""The first rows of a result, as JSON has them."""

from __future__ import annotations

import pyarrow as pa

from kpi_executor.query.rows import FirstRows


def test_only_the_first_rows_are_kept() -> None:
    first = FirstRows(("a",), 3)
    for start in (0, 2, 4):
        first.add(pa.record_batch({"c0": [start, start + 1]}))
    assert first.rows == ({"a": 0}, {"a": 1}, {"a": 2})


def test_no_more_than_a_thousand_rows_are_kept() -> None:
    first = FirstRows(("a",), 1_000_000)
    first.add(pa.record_batch({"c0": range(5_000)}))
    assert len(first.rows) == 1_000


def test_columns_of_one_name_are_told_apart() -> None:
    first = FirstRows(("id", "id"), 1)
    first.add(pa.record_batch({"c0": [1], "c1": [2]}))
    assert first.rows == ({"id": 1, "id_2": 2},)
