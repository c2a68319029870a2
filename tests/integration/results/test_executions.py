"""Lists of executions and one by id, over HTTP, projected from events in the stream."""

from datetime import UTC, datetime, timedelta

import httpx
import pyarrow as pa

from kpi_testkit.eventually import eventually
from tests.integration.results.runs import Runs

TABLE = pa.table({"sku": ["A", "B"], "name": ["one", "two"]})
REQUIRED = {
    "id", "kpi_id", "kg_name", "select_schema", "ruleset_name", "db_type", "limit_records",
    "use_llm", "excluded_fields", "generated_sql", "number_of_records", "joined_columns",
    "sql_query_type", "operation", "execution_status", "execution_timestamp",
    "execution_time_ms", "confidence_score", "error_message", "result_data", "source_table",
    "target_table",
}  # fmt: skip


def test_an_execution_is_shown_at_once_with_every_field_of_the_contract(
    runs: Runs, viewer: httpx.Client
) -> None:
    kpi_id = runs.kpi()
    execution_id = runs.succeeded(TABLE, kpi_id=kpi_id)

    answer = viewer.get(f"/executions/{execution_id}")

    assert answer.status_code == 200, answer.text
    execution = answer.json()["execution"]
    assert execution.keys() >= REQUIRED
    assert execution["number_of_records"] == 2
    assert execution["joined_columns"] == [["sku", "sku"]]
    assert execution["excluded_fields"] == ["created_date"]
    assert execution["execution_status"] == "success"
    assert execution["kpi_name"] == f"Product mismatch {kpi_id}"
    assert execution["requested_by"] == "ann"
    assert execution["result_data"] is None


def test_a_kpis_history_is_newest_first_and_shows_runs_under_way(
    runs: Runs, viewer: httpx.Client
) -> None:
    kpi_id = runs.kpi()
    ids = [runs.succeeded(TABLE, kpi_id=kpi_id), runs.failed("boom", kpi_id), runs.running(kpi_id)]

    def history() -> list[dict[str, object]] | None:
        body = viewer.get(f"/kpis/{kpi_id}/executions").json()
        states = [row["execution_status"] for row in body["executions"]]
        return body["executions"] if states == ["running", "failed", "success"] else None

    found = eventually(history, message="three executions are listed with their states")

    assert [row["id"] for row in found or ()] == ids[::-1]
    page = viewer.get(f"/kpis/{kpi_id}/executions", params={"limit": 1, "offset": 1})
    assert [row["id"] for row in page.json()["executions"]] == [ids[1]]
    assert 'rel="next"' in page.headers["Link"]
    failed = viewer.get(f"/kpis/{kpi_id}/executions", params={"status": "failed"}).json()
    assert [row["error_message"] for row in failed["executions"]] == ["boom"]


def test_all_executions_are_filtered_by_user_database_and_time(
    runs: Runs, viewer: httpx.Client
) -> None:
    kpi_id = runs.kpi()
    before = datetime.now(UTC)
    mine = runs.succeeded(TABLE, kpi_id=kpi_id, user="mia", database="starburst")
    runs.succeeded(TABLE, kpi_id=kpi_id, user="noa", database="starburst")
    other = runs.succeeded(TABLE, kpi_id=kpi_id, user="mia", database="kdb")
    assert viewer.get(f"/executions/{other}").status_code == 200

    def listed(**params: str) -> list[int]:
        answer = viewer.get("/executions", params={"kpi_id": str(kpi_id), **params})
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["executions"]]

    assert listed(user="mia", database="starburst") == [mine]
    assert len(listed(**{"from": before.isoformat()})) == 3
    later = (before + timedelta(hours=1)).isoformat()
    assert listed(**{"from": later}) == []
    assert len(listed(to=later)) == 3


def test_unknown_ids_are_404_and_unknown_filters_422(runs: Runs, viewer: httpx.Client) -> None:
    assert viewer.get(f"/executions/{2**62}").status_code == 404
    assert viewer.get(f"/kpis/{2**62}/executions").status_code == 404
    for params in ({"status": "done"}, {"from": "yesterday"}, {"limit": "0"}, {"colour": "red"}):
        answer = viewer.get("/executions", params=params)
        assert answer.status_code == 422, params
        assert set(answer.json()["errors"]) == set(params)


def test_a_finished_execution_may_be_kept_by_its_reader(runs: Runs, viewer: httpx.Client) -> None:
    path = f"/executions/{runs.failed('boom')}"
    answer = viewer.get(path)
    assert answer.headers["Cache-Control"] == "private, max-age=3600, immutable"
    again = viewer.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    running = viewer.get(f"/executions/{runs.running()}")
    assert "immutable" not in running.headers.get("Cache-Control", "")
