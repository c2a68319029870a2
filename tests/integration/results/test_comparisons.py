"""Comparison of runs over HTTP."""

import hashlib
from urllib.parse import urlsplit

import httpx
import pyarrow as pa
import pytest

from kpi_contracts.execution import Plan
from tests.integration.results.runs import Runs
from tests.integration.results.stack import Stack
from tests.integration.results.test_drilldown import recorded

FIRST = pa.table({"sku": ["A", "B", "C"], "price": [1, 2, 3]})
SECOND = pa.table({"sku": ["B", "C", "D", "E"], "price": [2, 30, 4, 5]})
THIRD = pa.table({"sku": ["E"], "price": [5]})


@pytest.fixture(scope="module")
def ids(stack: Stack) -> list[int]:
    kpi_id = stack.runs.kpi()
    return [stack.runs.succeeded(table, kpi_id=kpi_id) for table in (FIRST, SECOND, THIRD)]


def compare(viewer: httpx.Client, ids: list[int], **params: str) -> httpx.Response:
    listed = ",".join(map(str, ids))
    return viewer.get("/compare-executions", params={"execution_ids": listed, **params})


def test_rows_are_sorted_into_classes_by_the_join_columns(
    viewer: httpx.Client, ids: list[int]
) -> None:
    answer = compare(viewer, ids[:2])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["key"] == ["sku"]
    assert body["counts"] == {"new": 2, "resolved": 1, "persisting": 1, "changed": 1}
    assert body["changed_columns"] == {"price": 1}
    data = {name: page["data"] for name, page in body["classes"].items()}
    assert [row["sku"] for row in data["new"]] == ["D", "E"]
    assert data["resolved"] == [{"sku": "A", "price": 1}]
    assert data["persisting"] == [{"sku": "B", "price": 2}]
    (changed,) = data["changed"]
    assert (changed["before"]["price"], changed["after"]["price"]) == (3, 30)
    assert changed["columns"] == ["price"]
    assert body["trend"] == []


def test_a_class_is_paged_sorted_and_filtered_like_a_result(
    viewer: httpx.Client, ids: list[int]
) -> None:
    query = {"class": "new", "sort_by": "-sku", "page_size": "1", "page": "2"}
    body = compare(viewer, ids[:2], **query).json()
    assert list(body["classes"]) == ["new"]
    page = body["classes"]["new"]
    assert (page["total_records"], page["total_pages"]) == (2, 2)
    assert page["data"] == [{"sku": "D", "price": 4}]
    filtered = compare(viewer, ids[:2], **{"class": "new", "filters": '{"price": 5}'}).json()
    assert filtered["classes"]["new"]["total_records"] == 1


def test_more_than_two_runs_show_their_trend(viewer: httpx.Client, ids: list[int]) -> None:
    trend = compare(viewer, ids).json()["trend"]
    assert [step["execution_id"] for step in trend] == ids
    assert [step["records"] for step in trend] == [3, 4, 1]
    assert [step["new"] for step in trend] == [3, 2, 0]
    assert [step["resolved"] for step in trend] == [0, 1, 3]


def test_runs_that_ended_at_their_limit_are_named(
    runs: Runs, viewer: httpx.Client, ids: list[int]
) -> None:
    assert compare(viewer, ids).json()["limit_reached"] == []
    cut = runs.succeeded(SECOND.slice(0, 1), limit_reached=True)
    assert compare(viewer, [ids[0], cut]).json()["limit_reached"] == [cut]


def test_without_join_columns_whole_rows_are_compared(runs: Runs, viewer: httpx.Client) -> None:
    plain = Plan(operation="COUNT")
    pair = [runs.succeeded(table, plan=plain) for table in (FIRST, SECOND)]
    body = compare(viewer, pair).json()
    assert body["key"] == []
    assert body["counts"] == {"new": 3, "resolved": 2, "persisting": 1, "changed": 0}
    declared = compare(viewer, pair, key="sku").json()
    assert declared["counts"]["changed"] == 1


def test_what_cannot_be_compared_is_refused(
    runs: Runs, viewer: httpx.Client, ids: list[int]
) -> None:
    for wrong in ("1", "a,b", f"{ids[0]},{ids[0]}", "", "0,1"):
        answer = viewer.get("/compare-executions", params={"execution_ids": wrong})
        assert answer.status_code == 422, wrong
        assert list(answer.json()["errors"]) == ["execution_ids"]
    assert viewer.get("/compare-executions").status_code == 422
    assert list(compare(viewer, ids[:2], key="colour").json()["errors"]) == ["colour"]
    assert compare(viewer, [ids[0], 2**62]).status_code == 404
    assert compare(viewer, [ids[0], runs.running()]).status_code == 409


@pytest.mark.parametrize(
    ("row_class", "place", "rows"),
    [
        ("new", 1, ["D,4", "E,5"]),
        ("resolved", 0, ["A,1"]),
        ("persisting", 1, ["B,2"]),
        ("changed", 1, ["C,30"]),
    ],
)
def test_a_class_is_exported_like_a_result(
    stack: Stack,
    viewer: httpx.Client,
    ids: list[int],
    row_class: str,
    place: int,
    rows: list[str],
) -> None:
    listed = ",".join(map(str, ids[:2]))
    params = {"execution_ids": listed, "class": row_class, "sort_by": "sku"}
    answer = viewer.get("/compare-executions/export/csv", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.text.replace('"', "").splitlines() == ["sku,price", *rows]
    assert answer.headers["X-Total-Records"] == str(len(rows))
    exported = recorded(stack, ids[place], "exported")[-1]
    other = ids[1 - place]
    assert exported.data["format"] == "csv"
    compared = {"row_class": row_class, "compared_with": other, "key": ["sku"]}
    assert exported.data["compared"] == compared


@pytest.mark.parametrize("row_class", ["new", "resolved"])
def test_the_manifest_of_a_class_is_that_of_its_file(
    viewer: httpx.Client, ids: list[int], row_class: str
) -> None:
    path = "/compare-executions/export/parquet"
    params = {"execution_ids": f"{ids[0]},{ids[1]}", "class": row_class, "key": "sku"}
    before = viewer.get(f"{path}/manifest", params=params)
    assert before.status_code == 200, before.text
    answer = viewer.get(path, params=params)
    linked = urlsplit(answer.links["describedby"]["url"])
    after = viewer.get(f"{path}/manifest?{linked.query}").json()
    assert linked.path.endswith(f"{path}/manifest")
    assert after == before.json()
    assert after["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert after["compared"]["class"] == row_class
    by_row = viewer.get(f"{path}/manifest", params={**params, "key": "sku,price"}).json()
    assert by_row["compared"]["key"] == ["sku", "price"]
    assert by_row["rows"] != after["rows"]


def test_an_export_of_no_class_is_refused(viewer: httpx.Client, ids: list[int]) -> None:
    params = {"execution_ids": f"{ids[0]},{ids[1]}"}
    answer = viewer.get("/compare-executions/export/csv", params=params)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["class"]


def test_the_export_of_a_class_leaves_that_of_the_run_alone(
    viewer: httpx.Client, ids: list[int]
) -> None:
    params = {"execution_ids": f"{ids[0]},{ids[1]}", "class": "new"}
    part = viewer.get("/compare-executions/export/ndjson", params=params)
    whole = viewer.get(f"/executions/{ids[1]}/export/ndjson/manifest").json()
    assert (len(part.text.splitlines()), whole["rows"]) == (2, 4)
