"""Drill-down over HTTP: pages of stored rows in any order and under any filter."""

import json
from decimal import Decimal

import httpx
import pyarrow as pa
import pytest
import sqlalchemy as sa

from kpi_eventsourcing.schema import events
from kpi_testkit.eventually import eventually
from tests.integration.results.runs import Runs
from tests.integration.results.stack import Stack

ROWS = 250
TABLE = pa.table(
    {
        "sku": [f"S{number:03d}" for number in range(ROWS)],
        "amount": pa.array([Decimal(number % 7) for number in range(ROWS)], pa.decimal128(9, 2)),
        "big": [2**60 + number for number in range(ROWS)],
        "-odd": list(range(ROWS)),
    }
)


@pytest.fixture(scope="module")
def execution_id(stack: Stack) -> int:
    return stack.runs.succeeded(TABLE, kpi_id=stack.runs.kpi(), part_rows=100)


def read(viewer: httpx.Client, execution_id: int, **params: object) -> httpx.Response:
    sent = {
        name: json.dumps(value) if name == "filters" else str(value)
        for name, value in params.items()
    }
    return viewer.get(f"/executions/{execution_id}/drilldown", params=sent)


def test_a_page_has_the_documented_shape(viewer: httpx.Client, execution_id: int) -> None:
    body = read(viewer, execution_id).json()
    assert body["success"] is True
    assert body["execution_id"] == execution_id
    assert body["kpi_name"].startswith("Product mismatch")
    assert body["kpi_version"] == 1
    assert (body["page"], body["page_size"], body["total_pages"]) == (1, 50, 5)
    assert (body["total_records"], body["number_of_records"]) == (ROWS, ROWS)
    assert body["columns"] == ["sku", "amount", "big", "-odd"]
    assert [column["type"] for column in body["column_types"]][:2] == ["string", "decimal128(9, 2)"]
    assert body["generated_sql"].startswith("SELECT")
    assert body["execution_time_ms"] == 125.5
    first = {"sku": "S000", "amount": "0.00", "big": str(2**60), "-odd": 0}
    assert body["data"][0] == first
    assert len(body["data"]) == 50


def test_rows_are_sorted_by_several_columns_with_a_direction_each(
    viewer: httpx.Client, execution_id: int
) -> None:
    expected = sorted(range(ROWS), key=lambda number: (-(number % 7), number))[:50]
    for params in (
        {"sort_by": "-amount,sku"},
        {"sort_by": "amount,sku", "sort_order": "desc,asc"},
        {"sort_by": "-amount,-odd"},
    ):
        rows = read(viewer, execution_id, **params).json()["data"]
        assert [row["-odd"] for row in rows] == expected, params
    turned = read(viewer, execution_id, sort_by="--odd").json()["data"]
    assert turned[0]["-odd"] == ROWS - 1


def test_filters_and_search_count_the_view_exactly(viewer: httpx.Client, execution_id: int) -> None:
    filtered = read(
        viewer, execution_id, filters={"amount": {"ge": "5"}, "sku": {"lt": "S100"}}, page_size=10
    ).json()
    expected = [number for number in range(100) if number % 7 >= 5]
    assert filtered["total_records"] == len(expected)
    assert filtered["number_of_records"] == ROWS
    assert [row["-odd"] for row in filtered["data"]] == expected[:10]
    found = read(viewer, execution_id, search="s24").json()
    assert [row["sku"] for row in found["data"]] == [f"S24{digit}" for digit in range(10)]


def test_a_page_past_the_end_is_empty_with_the_right_totals(
    viewer: httpx.Client, execution_id: int
) -> None:
    body = read(viewer, execution_id, page=99, page_size=100).json()
    assert body["data"] == []
    assert (body["total_records"], body["total_pages"], body["page"]) == (ROWS, 3, 99)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"sort_by": "colour"}, "sort_by"),
        ({"sort_order": "sideways", "sort_by": "sku"}, "sort_order"),
        ({"filters": {"colour": 1}}, "colour"),
        ({"filters": {"sku": {"resembles": "S"}}}, "sku"),
        ({"filters": {"amount": "many"}}, "amount"),
        ({"page": -1}, "page"),
        ({"page_size": 1_000_000_000}, "page_size"),
        ({"page_size": "all"}, "page_size"),
        ({"order": "sku"}, "order"),
    ],
)
def test_what_cannot_be_shown_is_422_and_named(
    viewer: httpx.Client, execution_id: int, params: dict[str, object], field: str
) -> None:
    answer = read(viewer, execution_id, **params)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("text", ['{"a":', '{"a": 1e400}', '{"a": 1, "a": 2}', "[" * 50 + "]" * 50])
def test_filters_that_are_not_json_are_422(
    viewer: httpx.Client, execution_id: int, text: str
) -> None:
    answer = viewer.get(f"/executions/{execution_id}/drilldown", params={"filters": text})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["filters"]


def test_rows_that_are_not_there_yet_or_never_will_be_are_409(
    runs: Runs, viewer: httpx.Client
) -> None:
    running = read(viewer, runs.running())
    assert running.status_code == 409
    assert running.json()["errors"] == {"execution_status": ["running"]}
    failed = read(viewer, runs.failed("no such table: ops"))
    assert failed.status_code == 409
    assert "no such table: ops" in failed.json()["detail"]
    assert read(viewer, 2**62).status_code == 404


def test_an_unchanged_page_is_not_sent_again(viewer: httpx.Client, execution_id: int) -> None:
    answer = read(viewer, execution_id, sort_by="sku")
    assert answer.headers["Cache-Control"] == "private, max-age=3600, immutable"
    tag = {"If-None-Match": answer.headers["ETag"]}
    path = f"/executions/{execution_id}/drilldown"
    assert viewer.get(path, params={"sort_by": "sku"}, headers=tag).status_code == 304
    assert viewer.get(path, params={"sort_by": "-sku"}, headers=tag).status_code == 200


def test_a_view_goes_on_record_with_who_saw_what(
    runs: Runs, stack: Stack, viewer: httpx.Client
) -> None:
    execution_id = runs.succeeded(TABLE)
    read(viewer, execution_id, sort_by="-sku", filters={"amount": "3"}, page_size=5)

    viewed = eventually(lambda: recorded(stack, execution_id, "viewed"), message="it is recorded")

    assert viewed[0].actor == "vera"
    data = viewed[0].data
    assert data["selection"]["sort"] == [{"column": "sku", "descending": True}]
    assert data["selection"]["filters"] == {"amount": "3"}
    assert (data["page"], data["page_size"], data["rows"]) == (1, 5, 5)


@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_a_damaged_part_is_502_named_and_on_record_and_never_wrong_rows(
    runs: Runs, stack: Stack, viewer: httpx.Client, damage: str
) -> None:
    execution_id = runs.succeeded(TABLE, part_rows=100)
    part = runs.part(execution_id, 1)
    content = part.read_bytes()
    if damage == "missing":
        part.unlink()
    else:
        flipped = content[:500] + bytes([content[500] ^ 1]) + content[501:]
        part.write_bytes(content[:-10] if damage == "cut" else flipped)

    answer = read(viewer, execution_id, page=2, page_size=100)

    assert answer.status_code == 502
    assert f"executions/{execution_id}/attempt-1/part-00001.parquet" in answer.json()["errors"]
    assert read(viewer, execution_id, sort_by="sku").status_code == 502
    assert eventually(lambda: recorded(stack, execution_id, "damaged"), message="it is recorded")
    metrics = httpx.get(f"{stack.url}/metrics").text
    assert "kpi_results_damaged_parts_total 0.0" not in metrics


def recorded(stack: Stack, execution_id: int, verb: str) -> list[sa.Row[object]]:
    query = sa.select(events).where(
        events.c.type.like(f"io.kpiledger.result.{verb}.v%"),
        events.c.aggregate_id == str(execution_id),
    )
    with stack.engine.connect() as connection:
        return list(connection.execute(query))
