"""A search leaves work out, and never a row: numbers, dates and moments against their texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult

Keep = Callable[..., StoredResult]

MOMENTS = [
    datetime(2026, 1, 31, 23, 59, 58),  # noqa: DTZ001
    datetime(1, 1, 1),  # noqa: DTZ001
    datetime(1999, 12, 31, 7, 8, 9, 987_654),  # noqa: DTZ001
    datetime(9999, 12, 31, 23, 59, 59, 999_999),  # noqa: DTZ001
    datetime(2024, 2, 29, 12, 30, 0, 120_000),  # noqa: DTZ001
    None,
]
VALUES: dict[str, tuple[pa.DataType, list[Any]]] = {
    "tiny": (pa.int8(), [0, 7, -7, 127, -128, None]),
    "long": (pa.int64(), [987_654, -98_765, 2**63 - 1, -(2**63), 1_000_007, None]),
    "unsigned": (pa.uint64(), [0, 9, 2**64 - 1, 2**63, 98_765, None]),
    "price": (
        pa.decimal128(9, 2),
        [*map(Decimal, ["0.07", "-9.87", "1234567.89", "10", "8.7"]), None],
    ),
    "whole": (pa.decimal128(38, 0), [*map(Decimal, ["0", "7", "-98", "1" * 38, "100"]), None]),
    "share": (pa.decimal128(4, 4), [*map(Decimal, ["0.0007", "-0.9876", "0.5", "0", "0.1"]), None]),
    "day": (pa.date32(), [moment and moment.date() for moment in MOMENTS]),
    "at": (pa.timestamp("us"), MOMENTS),
    "second": (pa.timestamp("s"), [moment and moment.replace(microsecond=0) for moment in MOMENTS]),
    "zoned": (
        pa.timestamp("us", "UTC"),
        [moment and moment.replace(tzinfo=UTC) for moment in MOMENTS],
    ),
}
TABLE = pa.table({name: pa.array(values, kind) for name, (kind, values) in VALUES.items()})


def text_of(value: Any, kind: pa.DataType) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ").rstrip("0" if value.microsecond else "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and isinstance(kind, pa.Decimal128Type):
        return f"{value:.{kind.scale}f}"
    return str(value)


TEXTS = {
    name: [text_of(value, kind) for value in values] for name, (kind, values) in VALUES.items()
}


@pytest.fixture(scope="module")
def of_each(keep: Keep) -> dict[str, StoredResult]:
    """One result per column, so that a row is found by that column or not at all."""
    return {name: keep(TABLE.select([name])) for name in VALUES}


def found(drilldown: Drilldown, result: StoredResult, words: str) -> list[bool]:
    query = parse_query(result.columns, search=words)
    rows = drilldown.views.open(result, query).rows(0, result.rows)
    return [number in list(map(int, rows)) for number in range(result.rows)]


@st.composite
def parts_of_texts(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from([text for texts in TEXTS.values() for text in texts if text]))
    start = draw(st.integers(0, len(text) - 1))
    return text[start : draw(st.integers(start + 1, len(text)))]


WORDS = (
    parts_of_texts()
    | st.text("0123456789", min_size=1, max_size=21)
    | st.text("0179-:. ", min_size=1, max_size=20)
)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(list(VALUES)), words=WORDS)
def test_every_cell_is_found_by_any_part_of_its_text_and_by_nothing_else(
    drilldown: Drilldown, of_each: dict[str, StoredResult], name: str, words: str
) -> None:
    assert found(drilldown, of_each[name], words) == [words in text for text in TEXTS[name]]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date.max, "9999-12"),
        (2_932_897, "10000-01-01"),
        (-719_528, "0001-01-01"),
    ],
)
def test_days_outside_of_four_digit_years_are_found(
    drilldown: Drilldown, keep: Keep, value: Any, words: str
) -> None:
    result = keep(pa.table({"day": pa.array([value], pa.date32())}))
    assert found(drilldown, result, words) == [True]


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_moments_outside_of_four_digit_years_are_found(
    drilldown: Drilldown, keep: Keep, zone: str | None
) -> None:
    moments = pa.array([253_402_300_800_000_000, 2**63 - 1], pa.int64())
    result = keep(pa.table({"at": moments.cast(pa.timestamp("us", zone))}))
    assert found(drilldown, result, "10000-01-01 00") == [True, False]


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC")])
def test_days_and_moments_without_end_are_found(
    drilldown: Drilldown, keep: Keep, kind: pa.DataType
) -> None:
    raw = pa.int32() if kind == pa.date32() else pa.int64()
    last = 2 ** (raw.bit_width - 1) - 1
    result = keep(pa.table({"at": pa.array([last, -last, 0, None], raw).cast(kind)}))
    assert found(drilldown, result, "Infinity") == [True, True, False, False]
    assert found(drilldown, result, "-inf") == [False, True, False, False]
    assert found(drilldown, result, "x") == [False] * 4


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_moments_of_every_unit_are_found(drilldown: Drilldown, keep: Keep, unit: Any) -> None:
    moments = pa.array([datetime(2026, 1, 31, 23, 59, 58, tzinfo=UTC)], pa.timestamp(unit, "UTC"))
    result = keep(pa.table({"at": moments}))
    for words in ("2026-01-31t23:59:58z", "01-31 23", ":58"):
        assert found(drilldown, result, words) == [True]
    assert found(drilldown, result, "20260131") == [False]


@pytest.mark.parametrize("words", ["-77", "7-7", "Ä", "ä-", "K", "77 "])
def test_texts_are_found_whatever_their_case(drilldown: Drilldown, keep: Keep, words: str) -> None:
    texts = ["gpu-77", "Ä-7", "ä", "K-7-7", "77 k", ""]
    result = keep(pa.table({"t": texts}))
    assert found(drilldown, result, words) == [words.lower() in text.lower() for text in texts]
