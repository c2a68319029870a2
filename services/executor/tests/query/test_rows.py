"""The first rows of a result, as JSON has them."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_executor.query.rows import FirstRows, json_values, unique_names

UTC = dt.UTC


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, None], pa.int64(), [1, None]),
        ([1.5, float("nan"), float("inf"), float("-inf")], pa.float64(),
         [1.5, "NaN", "Infinity", "-Infinity"]),
        ([Decimal("1.50"), Decimal("2.00"), None], pa.decimal128(10, 2), [1.5, 2.0, None]),
        ([Decimal("12345678901234567.89")], pa.decimal128(20, 2), ["12345678901234567.89"]),
        ([Decimal(7), Decimal(2**100)], pa.decimal128(38, 0), [7, str(2**100)]),
        ([dt.date(2024, 5, 6), None], pa.date32(), ["2024-05-06", None]),
        ([dt.time(9, 30)], pa.time64("us"), ["09:30:00"]),
        ([dt.datetime(2024, 5, 6, 7, tzinfo=UTC)], pa.timestamp("us", "UTC"),
         ["2024-05-06T07:00:00Z"]),
        ([dt.datetime(2024, 5, 6, 7)], pa.timestamp("us"),  # noqa: DTZ001 - without a zone
         ["2024-05-06T07:00:00"]),
        ([2**63 - 1, -(2**63) + 1], pa.timestamp("us"), ["infinity", "-infinity"]),
        ([b"\x00\xff"], pa.binary(), ["00ff"]),
        (["a\x00b", "\u202e"], pa.string(), ["a\x00b", "\u202e"]),
        ([True, None], pa.bool_(), [True, None]),
    ],
)  # fmt: skip
def test_every_kind_of_value_has_one_form(
    values: list[object], kind: pa.DataType, expected: list[object]
) -> None:
    found = json_values(pa.array(values, type=kind))
    assert found == expected
    assert json.loads(json.dumps(found, allow_nan=False)) == expected


def test_years_beyond_the_calendar_do_not_fail() -> None:
    far = pa.array([9_223_371_158_400_000_000], pa.timestamp("us"))
    assert isinstance(json_values(far)[0], str)
    assert json_values(pa.array([10**7], pa.date32())) != [None]


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
    assert unique_names(["id", "id", "id (2)", "id"]) == ["id", "id (2)", "id (2) (2)", "id (3)"]


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "b", ""])))
def test_unique_names_are_unique(names: list[str]) -> None:
    found = unique_names(names)
    assert len(set(found)) == len(names)
