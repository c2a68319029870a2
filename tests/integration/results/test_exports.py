"""Exports over HTTP: whole files in every format, on record, and safe to break off."""

import csv
import hashlib
import io
import json
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi_testkit.eventually import eventually
from tests.integration.results.runs import Runs
from tests.integration.results.stack import Stack
from tests.integration.results.test_drilldown import recorded

TABLE = pa.table({"sku": [f"S{number:04d}" for number in range(3000)], "note": ["=1+1"] * 3000})
LARGE = 3_000_000


@pytest.fixture(scope="module")
def execution_id(stack: Stack) -> int:
    return stack.runs.succeeded(TABLE, kpi_id=stack.runs.kpi(), part_rows=1000)


@pytest.fixture(scope="module")
def large_id(stack: Stack) -> int:
    column = pa.array(range(LARGE), pa.int64())
    table = pa.table({"number": column, "text": pa.array([f"text {n}" for n in range(LARGE)])})
    return stack.runs.succeeded(table, part_rows=500_000)


@pytest.fixture(scope="module")
def incompressible() -> pa.Table:
    """So many bytes that the end of a file is not made before its beginning is taken."""
    return pa.table({"text": [hashlib.sha256(b"%d" % n).hexdigest() for n in range(1_000_000)]})


def rows_of(name: str, content: bytes) -> list[Any]:
    if name == "csv":
        return list(csv.DictReader(io.StringIO(content.decode()), strict=True))
    if name == "json":
        return list(json.loads(content))
    if name == "ndjson":
        return [json.loads(line) for line in content.splitlines()]
    return pq.read_table(io.BytesIO(content)).to_pylist()


@pytest.mark.parametrize("name", ["csv", "json", "ndjson", "parquet"])
def test_an_export_holds_every_row_of_the_view_in_its_order(
    viewer: httpx.Client, execution_id: int, name: str
) -> None:
    query = {"sort_by": "-sku", "filters": '{"sku": {"ge": "S1000"}}'}
    answer = viewer.get(f"/executions/{execution_id}/export/{name}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Total-Records"] == "2000"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = rows_of(name, answer.content)
    assert [row["sku"] for row in rows] == [f"S{n:04d}" for n in range(2999, 999, -1)]
    assert rows[0]["note"] == ("'=1+1" if name == "csv" else "=1+1")


@pytest.mark.parametrize("name", ["csv", "excel", "json", "ndjson", "parquet", "pdf"])
def test_the_manifest_names_rows_bytes_and_hash_of_the_file(
    viewer: httpx.Client, execution_id: int, name: str
) -> None:
    path = f"/executions/{execution_id}/export/{name}"
    query = {"search": "s00"}
    before = viewer.get(f"{path}/manifest", params=query)
    assert before.status_code == 200, before.text
    content = viewer.get(path, params=query).content
    after = viewer.get(f"{path}/manifest", params=query).json()
    assert after["sha256"] == hashlib.sha256(content).hexdigest()
    assert after["bytes"] == len(content)
    assert after["rows"] == 100
    assert before.json() == after


def test_an_export_goes_on_record_with_its_hash(
    stack: Stack, viewer: httpx.Client, runs: Runs
) -> None:
    execution_id = runs.succeeded(TABLE)
    content = viewer.get(f"/executions/{execution_id}/export/csv").content
    (exported,) = recorded(stack, execution_id, "exported")
    assert exported.actor == "vera"
    assert exported.data["sha256"] == hashlib.sha256(content).hexdigest()
    assert exported.data["complete"] is True
    assert exported.data["rows"] == 3000


def test_a_client_that_goes_away_ends_the_work(
    stack: Stack, viewer: httpx.Client, large_id: int
) -> None:
    with viewer.stream("GET", f"/executions/{large_id}/export/ndjson") as answer:
        assert answer.status_code == 200
        next(answer.iter_raw())
    (exported,) = eventually(
        lambda: recorded(stack, large_id, "exported"), 20, "the broken export is on record"
    )
    assert exported.data["complete"] is False
    assert exported.data["bytes"] < LARGE * 20


@pytest.mark.parametrize("name", ["csv", "ndjson", "json", "parquet"])
def test_a_file_broken_off_by_damage_cannot_pass_for_a_whole_one(
    stack: Stack, viewer: httpx.Client, runs: Runs, incompressible: pa.Table, name: str
) -> None:
    execution_id = runs.succeeded(incompressible, part_rows=100_000)
    with viewer.stream("GET", f"/executions/{execution_id}/export/{name}") as answer:
        last = runs.part(execution_id, 9)
        (cut := last.with_suffix(".cut")).write_bytes(last.read_bytes()[:-100])
        cut.replace(last)
        content = b"".join(answer.iter_raw())
    with pytest.raises((ValueError, csv.Error, pa.ArrowInvalid)):
        rows_of(name, content)
    (exported,) = eventually(lambda: recorded(stack, execution_id, "exported"), 20)
    assert exported.data["complete"] is False
    assert eventually(lambda: recorded(stack, execution_id, "damaged"), 20)


def test_damage_known_before_is_an_answer_of_its_own(viewer: httpx.Client, runs: Runs) -> None:
    execution_id = runs.succeeded(TABLE, part_rows=1000)
    runs.part(execution_id, 2).unlink()
    assert viewer.get(f"/executions/{execution_id}/export/csv").status_code == 502


def test_an_unchanged_export_is_not_made_again(viewer: httpx.Client, execution_id: int) -> None:
    path = f"/executions/{execution_id}/export/csv"
    tag = viewer.get(path).headers["ETag"]
    assert viewer.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert viewer.head(path).headers["ETag"] == tag


def test_an_unknown_format_is_404_and_a_wrong_filter_422(
    viewer: httpx.Client, execution_id: int
) -> None:
    assert viewer.get(f"/executions/{execution_id}/export/yaml").status_code == 404
    wrong = viewer.get(f"/executions/{execution_id}/export/csv", params={"sort_by": "colour"})
    assert wrong.status_code == 422
    assert list(wrong.json()["errors"]) == ["sort_by"]
