"""Every Arrow type has one JSON form, and it is JSON."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pytest

from kpi_rows.json_values import json_values

UTC = dt.UTC
NOON = dt.datetime(2024, 5, 6, 12, 0, 0, 250_000)  # noqa: DTZ001 - without a zone

FORMS: list[tuple[pa.DataType, list[object], list[object]]] = [
    (pa.int32(), [1, None], [1, None]),
    (pa.int64(), [2**53 - 1, 2**53, -(2**63)], [2**53 - 1, str(2**53), str(-(2**63))]),
    (pa.uint64(), [2**64 - 1], [str(2**64 - 1)]),
    (pa.float64(), [1.5, float("nan"), float("inf"), float("-inf")],
     [1.5, "NaN", "Infinity", "-Infinity"]),
    (pa.decimal128(10, 2), [Decimal("1.50"), Decimal("2.00"), None], ["1.50", "2.00", None]),
    (pa.decimal128(38, 0), [Decimal(7), Decimal(2**100)], ["7", str(2**100)]),
    (pa.date32(), [dt.date(2024, 5, 6), None], ["2024-05-06", None]),
    (pa.date32(), [10**7, 2**31 - 1, -(2**31) + 1], ["29349-01-26", "infinity", "-infinity"]),
    (pa.time64("us"), [dt.time(9, 30)], ["09:30:00.000000"]),
    (pa.timestamp("us"), [NOON], ["2024-05-06T12:00:00.250000"]),
    (pa.timestamp("us"), [2**63 - 1, -(2**63) + 1, None], ["infinity", "-infinity", None]),
    (pa.timestamp("ms", "Europe/Berlin"), [NOON.replace(tzinfo=UTC)],
     ["2024-05-06T12:00:00.250Z"]),
    (pa.timestamp("us", "UTC"), [2**63 - 1], ["infinity"]),
    (pa.duration("ms"), [dt.timedelta(seconds=90, milliseconds=5)], ["PT90.005S"]),
    (pa.binary(), [b"\x00\xff"], ["AP8="]),
    (pa.string(), ["a\x00b", "\u202e", ""], ["a\x00b", "\u202e", ""]),
    (pa.dictionary(pa.int8(), pa.string()), ["a", None], ["a", None]),
    (pa.bool_(), [True, None], [True, None]),
    (pa.null(), [None], [None]),
    (pa.list_(pa.int64()), [[1, 2**60], None, []], [[1, str(2**60)], None, []]),
    (pa.struct([("x", pa.decimal128(4, 1))]), [{"x": Decimal("1.5")}, None], [{"x": "1.5"}, None]),
    (pa.map_(pa.string(), pa.date32()), [[("k", dt.date(2024, 1, 2))]], [[["k", "2024-01-02"]]]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "expected"), FORMS)
def test_every_kind_of_value_has_one_form(
    kind: pa.DataType, values: list[object], expected: list[object]
) -> None:
    array = pa.array(values, type=kind)
    for column in (array, pa.chunked_array([array])):
        found = json_values(column)
        assert found == expected
        assert json.loads(json.dumps(found, allow_nan=False)) == expected


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_a_year_too_far_to_be_written_is_not_told_as_another_one(zone: str | None) -> None:
    far = pa.array([9_223_371_158_400_000_000], pa.timestamp("us", zone))
    assert "9223371158400000000" in str(json_values(far)[0])
