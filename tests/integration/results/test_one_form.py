"""What the executor shows of a result at once is what drill-down shows of it ever after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from kpi_executor.query import PartWriter, ResultLimits
from kpi_executor.query.rows import FirstRows
from kpi_results.rows.columns import Kind
from kpi_results.rows.drilldown import Drilldown, Place
from kpi_results.rows.query import ViewQuery, parse_query
from kpi_results.rows.result import StoredResult
from kpi_rows.objects import open_store
from kpi_rows.parts import attempt_prefix, physical_name

NOON = dt.datetime(2024, 5, 6, 12, 0, 0, 250_000)  # noqa: DTZ001 - without a zone
VALUES: tuple[tuple[pa.DataType, list[object]], ...] = (
    (pa.int16(), [1, None]),
    (pa.int64(), [2**53 - 1, -(2**63)]),
    (pa.uint64(), [2**64 - 1, 0]),
    (pa.float32(), [0.5, float("nan")]),
    (pa.float64(), [float("inf"), float("-inf")]),
    (pa.decimal128(10, 2), [Decimal("1.50"), None]),
    (pa.decimal128(38, 0), [Decimal(10**37), Decimal(-7)]),
    (pa.date32(), [dt.date(2024, 5, 6), None]),
    (pa.date32(), [2**31 - 1, -(2**31) + 1]),
    (pa.time64("us"), [dt.time(9, 30), None]),
    (pa.timestamp("us"), [NOON, None]),
    (pa.timestamp("us"), [2**63 - 1, -(2**63) + 1]),
    (pa.timestamp("us", "UTC"), [NOON.replace(tzinfo=dt.UTC), 2**63 - 1]),
    (pa.timestamp("ns"), [NOON, None]),
    (pa.duration("us"), [dt.timedelta(seconds=90), None]),
    (pa.binary(), [b"\x00\xff", b""]),
    (pa.string(), ["a\u202e", ""]),
    (pa.bool_(), [True, None]),
    (pa.list_(pa.int64()), [[1, 2**60, None], None]),
    (pa.struct([("x", pa.decimal128(4, 1))]), [{"x": Decimal("1.5")}, None]),
)
# Names that repeat and names that look like the ones repetitions get.
NAMES = ("id", "id", "id_2", "", *(str(kind) for kind, _ in VALUES[4:]))


def written() -> pa.RecordBatch:
    return pa.record_batch(
        [pa.array(values, kind) for kind, values in VALUES],
        names=[physical_name(column) for column in range(len(VALUES))],
    )


@pytest.fixture
def drilldown(tmp_path: Path) -> Iterator[Drilldown]:
    reader = Drilldown(Place(store_url=(tmp_path / "store").as_uri(), cache=tmp_path / "cache"))
    yield reader
    reader.close()


@pytest.fixture
def result(tmp_path: Path, drilldown: Drilldown) -> StoredResult:
    """The values as the executor stores them."""
    batch = written()
    store = open_store((tmp_path / "store").as_uri())
    writer = PartWriter(store, attempt_prefix(1, 1), NAMES, batch.schema, ResultLimits())
    writer.write(batch)
    return drilldown.result(writer.finish())


def test_first_rows_and_drill_down_show_the_same(
    drilldown: Drilldown, result: StoredResult
) -> None:
    first = FirstRows(NAMES, 10)
    first.add(written())
    shown = drilldown.page(result, ViewQuery()).records()
    assert list(first.rows) == shown
    assert len(shown[0]) == len(VALUES)


def test_a_value_that_was_shown_finds_its_row(drilldown: Drilldown, result: StoredResult) -> None:
    shown = drilldown.page(result, ViewQuery()).records()
    for column in result.columns:
        if column.kind is Kind.OTHER:
            continue
        for row in shown:
            query = parse_query(result.columns, filters={column.key: row[column.key]})
            assert row in drilldown.page(result, query).records(), column
