"""One KPI's way through the house: define, run, look at rows, export, audit."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import httpx
import pytest

from kpi_local.planted import EXPECTED
from kpi_testkit.eventually import eventually
from tests.e2e.conftest import Entrance

KPIS = "/v1/landing-kpi/kpis"
EXECUTIONS = "/v1/landing-kpi/executions"
MISSING = "Show me all products in RBP GPU which are not in OPS Excel"
ALL_ROWS = {"kg_name": "demo", "limit_records": None}


def define(
    http: httpx.Client, sentence: str = MISSING, *, sql: str | None = None
) -> dict[str, Any]:
    """Create a KPI from a sentence, or from `sql`."""
    definition = {"sql_definition": sql} if sql else {"nl_definition": sentence}
    name = f"Journey {uuid.uuid4().hex[:8]}"
    response = http.post(KPIS, json={"name": name} | definition)
    assert response.status_code == 201, response.text
    kpi: dict[str, Any] = response.json()["kpi"]
    return kpi


def run(http: httpx.Client, kpi: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    body = ALL_ROWS | {"kpi_version": kpi["version"]} | parameters
    response = http.post(f"{KPIS}/{kpi['id']}/execute", json=body)
    assert response.status_code == 200, response.text
    result: dict[str, Any] = response.json()["execution_result"]
    return result


@pytest.fixture(scope="module")
def finished(stack: Entrance) -> dict[str, Any]:
    """A KPI that was run over all rows, by this module's own user."""
    with stack.http("journey", "admin") as http:
        kpi = define(http)
        return {"kpi": kpi, "execution": run(http, kpi)}


def test_a_run_answers_with_sql_plan_and_first_rows(finished: dict[str, Any]) -> None:
    execution = finished["execution"]
    assert execution["execution_status"] == "success"
    assert execution["number_of_records"] == EXPECTED.missing_in_ops
    assert len(execution["result_data"]) == min(1000, EXPECTED.missing_in_ops)
    assert (execution["sql_query_type"], execution["operation"]) == ("COMPARISON_QUERY", "NOT_IN")
    assert execution["joined_columns"] == [["PLANNING_SKU", "PLANNING_SKU"]]
    assert execution["source_table"] == "brz_lnd_RBP_GPU"
    assert execution["target_table"] == "brz_lnd_OPS_EXCEL"
    assert execution["requested_by"] == "journey"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Show me all duplicate planning SKUs in the product master", EXPECTED.duplicated_skus),
        ("Count all products where status is inactive", 1),
    ],
)
def test_the_other_sample_kpis_give_the_planted_numbers(
    http: httpx.Client, sentence: str, expected: int
) -> None:
    execution = run(http, define(http, sentence))
    assert execution["number_of_records"] == expected
    if expected == 1:
        assert list(execution["result_data"][0].values()) == [EXPECTED.inactive]


def test_a_kpi_can_be_written_in_sql(http: httpx.Client) -> None:
    kpi = define(http, sql="SELECT count(*) AS n FROM product_master WHERE STATUS = 'Inactive'")
    assert run(http, kpi)["result_data"] == [{"n": EXPECTED.inactive}]


def test_every_row_can_be_paged_in_a_stable_order(
    http: httpx.Client, finished: dict[str, Any]
) -> None:
    execution_id = finished["execution"]["id"]
    url = f"{EXECUTIONS}/{execution_id}/drilldown"
    seen: list[str] = []
    page = 1
    while True:
        answer = http.get(url, params={"page": page, "page_size": 500}).json()
        if not answer["data"]:
            break
        seen += [row["PLANNING_SKU"] for row in answer["data"]]
        page += 1
    assert len(seen) == len(set(seen)) == answer["total_records"] == EXPECTED.missing_in_ops
    assert answer["kpi_name"] == finished["kpi"]["name"]
    assert answer["columns"][0] == "PLANNING_SKU"
    assert answer["total_pages"] == -(-EXPECTED.missing_in_ops // 500)


def test_rows_can_be_sorted_both_ways(http: httpx.Client, finished: dict[str, Any]) -> None:
    url = f"{EXECUTIONS}/{finished['execution']['id']}/drilldown"
    for order, reverse in (("asc", False), ("desc", True)):
        query: dict[str, str | int] = {
            "sort_by": "PRODUCT_NAME",
            "sort_order": order,
            "page_size": 200,
        }
        names = [row["PRODUCT_NAME"] for row in http.get(url, params=query).json()["data"]]
        assert names == sorted(names, reverse=reverse)


def test_exports_hold_every_row(http: httpx.Client, finished: dict[str, Any]) -> None:
    url = f"{EXECUTIONS}/{finished['execution']['id']}/export"
    rows = list(csv.DictReader(io.StringIO(http.get(f"{url}/csv").text)))
    assert len(rows) == EXPECTED.missing_in_ops
    exported = http.get(f"{url}/json").json()
    listed = exported if isinstance(exported, list) else exported["data"]
    assert [row["PLANNING_SKU"] for row in listed] == [row["PLANNING_SKU"] for row in rows]


def test_history_and_detail_show_the_run(http: httpx.Client, finished: dict[str, Any]) -> None:
    kpi, execution = finished["kpi"], finished["execution"]
    history = http.get(f"{KPIS}/{kpi['id']}/executions").json()
    assert [run["id"] for run in history["executions"]] == [execution["id"]]
    detail = http.get(f"{EXECUTIONS}/{execution['id']}").json()["execution"]
    assert detail["generated_sql"] == execution["generated_sql"]
    assert detail["execution_status"] == "success"


def test_the_audit_log_tells_who_did_what(http: httpx.Client, finished: dict[str, Any]) -> None:
    url = f"{KPIS}/{finished['kpi']['id']}"

    def actions() -> list[tuple[str, str]]:
        log = http.get(f"{url}/audit-log").json()["audit_log"]
        found = [(entry["action"], entry["performed_by"]) for entry in log]
        assert ("EXECUTE", "journey") in found
        return found

    assert ("CREATE", "journey") in eventually(actions)
    metrics = http.get(f"{url}/metrics").json()["metrics"]
    assert metrics[0]["successful_executions"] >= 1


def test_the_tracking_endpoints_count_the_users_runs(
    http: httpx.Client, finished: dict[str, Any]
) -> None:
    del finished
    url = "/api/v1/executions/journey"

    def counted() -> dict[str, Any]:
        answer: dict[str, Any] = http.get(url).json()
        assert answer["count"] >= 1
        return answer

    assert eventually(counted)["executions"][0]["status"] == "success"
    stats = http.get(f"{url}/stats", params={"days": 7}).json()
    assert stats["success_rate"] == 100.0
    databases = http.get(f"{url}/database-stats").json()["database_stats"]
    assert databases[0]["execution_count"] == stats["total_executions"]
    for path in ("stats/global", "database-stats/global"):
        assert http.get(f"/api/v1/executions/{path}").status_code == 200


def test_the_chain_verifies_and_its_replay_is_equal(http: httpx.Client) -> None:
    assert http.post("/v1/audit/verify", json={}).json()["valid"] is True
    replay = http.post("/v1/audit/replay", json={}).json()
    assert replay["equal"] is True, replay


def test_a_background_run_is_followed_by_its_job(http: httpx.Client) -> None:
    kpi = define(http)
    accepted = http.post(f"{KPIS}/{kpi['id']}/execute-async", json=ALL_ROWS)
    assert accepted.status_code == 202
    url = accepted.headers["Location"]

    def ended() -> dict[str, Any]:
        job: dict[str, Any] = http.get(url).json()
        assert job["result"] is not None
        return job

    assert eventually(ended)["status"] == "success"


def test_a_batch_reports_each_kpi(http: httpx.Client) -> None:
    kpis = [define(http), define(http, "Count all products where status is inactive")]
    ids = [kpi["id"] for kpi in kpis]
    body = {"kpi_ids": [*ids, 999_999], "execution_params": ALL_ROWS}
    answer = http.post("/v1/landing-kpi/batch-execute", json=body).json()
    assert (answer["successful"], answer["failed"], answer["success"]) == (2, 1, False)
    assert [error["kpi_id"] for error in answer["errors"]] == [999_999]


def test_the_same_key_is_the_same_run(http: httpx.Client) -> None:
    kpi = define(http)
    key = {"Idempotency-Key": uuid.uuid4().hex}
    url = f"{KPIS}/{kpi['id']}/execute"
    first, again = (http.post(url, json=ALL_ROWS, headers=key).json() for _ in range(2))
    assert first["execution_result"]["id"] == again["execution_result"]["id"]
