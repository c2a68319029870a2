"""Exports hold every row of the view, in its order, and say what they are."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from math import inf, nan
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_results.exports.excel import write_excel
from kpi_results.exports.formats import FORMATS, Export
from kpi_results.exports.formulas import LEADING
from kpi_results.exports.pdf import MAX_ROWS
from kpi_results.exports.subject import About, Subject
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult

Keep = Callable[..., StoredResult]
ABOUT = About("Products not in OPS", 7, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), 3, "SELECT 1")
TABLE = pa.table(
    {
        "id": pa.array([3, 1, None, 2**60], pa.int64()),
        "text": ["=1+1", "", None, 'a "b",\nc'],
        "amount": pa.array([Decimal("1.50"), Decimal("-2.25"), None, Decimal("0.10")]),
        "rate": [0.5, nan, None, -inf],
        "at": pa.array([datetime(2020, 5, 1, 12, tzinfo=UTC), None, None, None]),
        "raw": [b"\x00\xff", None, b"", b"a"],
        "many": [[1, 2], None, [], [None]],
    }
)


def export(
    drilldown: Drilldown, result: StoredResult, name: str, **wishes: Any
) -> tuple[bytes, Export]:
    query = parse_query(result.columns, **wishes)
    under_way = Export(Subject(drilldown.stream(result, query), ABOUT), FORMATS[name])
    return b"".join(under_way), under_way


def test_csv_writes_values_as_pages_show_them_and_keeps_null_apart_from_empty(
    drilldown: Drilldown, keep: Keep
) -> None:
    content, _ = export(drilldown, keep(TABLE), "csv")
    assert content.decode().splitlines()[:3] == [
        '"id","text","amount","rate","at","raw","many"',
        '3,"\'=1+1",1.50,"0.5","2020-05-01T12:00:00.000000Z","AP8=","[1,2]"',
        '1,"",-2.25,"NaN",,,',
    ]
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert rows[4][:4] == [str(2**60), 'a "b",\nc', "0.10", "-Infinity"]


@pytest.mark.parametrize("scale", [2, 6, 7, 10])
def test_csv_writes_small_decimals_with_all_their_digits(
    drilldown: Drilldown, keep: Keep, scale: int
) -> None:
    cells = [Decimal(0), Decimal(1).scaleb(-scale), Decimal("-12.5")]
    result = keep(pa.table({"n": pa.array([*cells, None], pa.decimal128(38, scale))}))
    content, _ = export(drilldown, result, "csv")
    texts = [row[0] for row in csv.reader(io.StringIO(content.decode())) if row]
    assert texts[1:4] == [f"{cell.quantize(cells[1]):f}" for cell in cells]


@pytest.mark.parametrize("sign", LEADING)
def test_a_cell_that_would_start_a_formula_is_guarded(
    drilldown: Drilldown, keep: Keep, sign: str
) -> None:
    result = keep(pa.table({f"{sign}head": [f"{sign}HYPERLINK(1)", "safe"]}))
    content, _ = export(drilldown, result, "csv")
    texts = [row[0] for row in csv.reader(io.StringIO(content.decode(), newline=""))]
    assert texts == [f"'{sign}head", f"'{sign}HYPERLINK(1)", "safe"]


def test_excel_holds_typed_cells_and_text_for_what_it_cannot_hold(
    drilldown: Drilldown, keep: Keep
) -> None:
    content, _ = export(drilldown, keep(TABLE), "excel")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1] == [3, "'=1+1", 1.5, 0.5, datetime(2020, 5, 1, 12), "AP8=", "[1,2]"]  # noqa: DTZ001
    assert rows[4][0] == str(2**60)
    assert rows[4][3] == "-Infinity"


def test_excel_holds_times_that_python_has_none_for_as_text(
    drilldown: Drilldown, keep: Keep
) -> None:
    days = pa.array([2**31 - 1, -(2**31) + 1, -800_000, None, 0], pa.int32()).cast(pa.date32())
    moments = pa.array([2**63 - 1, -(2**63) + 1, -(10**17), None, 0], pa.int64())
    columns = {
        "day": days,
        "at": moments.cast(pa.timestamp("us")),
        "zoned": moments.cast(pa.timestamp("us", "UTC")),
        "coarse": moments.cast(pa.timestamp("ms")),
    }
    result = keep(pa.table(columns))
    content, _ = export(drilldown, result, "excel")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    shown = drilldown.page(result, parse_query(result.columns)).records()
    for row, record in zip(rows[:3], shown[:3], strict=True):
        assert [value.removeprefix("'") for value in row] == list(record.values())
    assert rows[3] == [None] * 4
    assert rows[4] == [datetime(1970, 1, 1)] * 4  # noqa: DTZ001


def test_excel_goes_on_in_a_further_sheet(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(pa.table({"n": range(25)}))
    subject = Subject(drilldown.stream(result, parse_query(result.columns)), ABOUT)
    content = b"".join(write_excel(subject, sheet_rows=11))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sizes = [sheet.max_row for sheet in book.worksheets]
    assert sizes == [11, 11, 6]
    assert [sheet["A1"].value for sheet in book.worksheets] == ["n", "n", "n"]
    assert book.worksheets[2]["A6"].value == 24


def test_json_and_ndjson_hold_the_same_objects(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(TABLE)
    array, _ = export(drilldown, result, "json")
    lines, _ = export(drilldown, result, "ndjson")
    objects = json.loads(array)
    assert objects == [json.loads(line) for line in lines.splitlines()]
    assert objects == drilldown.page(result, parse_query(result.columns)).records()
    assert objects[3]["id"] == str(2**60)


def test_parquet_keeps_the_stored_types_under_unique_names(
    drilldown: Drilldown, keep: Keep
) -> None:
    result = keep(TABLE, names=["id", "id", "amount", "rate", "at", "raw", "many"])
    content, _ = export(drilldown, result, "parquet", sort=[("rate", True)])
    table = pq.read_table(io.BytesIO(content))
    assert table.schema.types == TABLE.schema.types
    assert table.column_names[:2] == ["id", "id_2"]
    assert table.column("id").to_pylist() == [3, 2**60, 1, None]


def test_a_pdf_says_that_it_shows_only_the_first_rows(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(pa.table({"n": range(MAX_ROWS + 1)}), group_rows=1000, part_rows=10_000)
    content, under_way = export(drilldown, result, "pdf")
    assert content.startswith(b"%PDF-")
    assert under_way.rows == MAX_ROWS


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_view_makes_a_valid_file(drilldown: Drilldown, keep: Keep, name: str) -> None:
    content, under_way = export(drilldown, keep(TABLE), name, filters={"id": 99})
    assert under_way.rows == 0
    assert under_way.complete
    if name == "json":
        assert json.loads(content) == []
    if name == "parquet":
        assert pq.read_table(io.BytesIO(content)).num_rows == 0


@pytest.mark.parametrize("name", FORMATS)
def test_the_hash_is_that_of_the_bytes_sent(drilldown: Drilldown, keep: Keep, name: str) -> None:
    content, under_way = export(drilldown, keep(TABLE), name)
    assert under_way.sha256 == hashlib.sha256(content).hexdigest()
    assert (under_way.bytes, under_way.complete) == (len(content), True)


def test_a_client_that_goes_away_ends_the_work(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(pa.table({"n": range(100_000)}), group_rows=8192, part_rows=100_000)
    stream = drilldown.stream(result, parse_query(result.columns))
    under_way = Export(Subject(stream, ABOUT), FORMATS["ndjson"])
    next(iter(under_way))
    under_way.close()
    assert not under_way.complete
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("export")]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(st.none() | st.text("ab=+\"',\n\r é", max_size=4), min_size=1, max_size=40),
    descending=st.booleans(),
)
def test_a_csv_reader_gets_back_the_view(
    drilldown: Drilldown, keep: Keep, texts: list[str | None], descending: bool
) -> None:
    result = keep(pa.table({"n": range(len(texts)), "t": pa.array(texts, pa.string())}))
    content, _ = export(drilldown, result, "csv", sort=[("n", descending)])
    _, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    expected = list(enumerate(texts))[:: -1 if descending else 1]
    shown = [(n, f"'{t}" if t and t.startswith(LEADING) else t or "") for n, t in expected]
    assert [(int(n), t) for n, t in rows] == shown
