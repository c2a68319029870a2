"""The ledger of breaks: what each run adds to it and takes away, and what people say about it."""

from typing import Any

import httpx
import pyarrow as pa

from kpi_contracts.execution import Plan
from kpi_testkit.eventually import eventually
from tests.integration.results.runs import Runs
from tests.integration.results.stack import Stack

WHOLE_ROWS = Plan(operation="COUNT")


def found(*keys: str) -> pa.Table:
    return pa.table({"sku": list(keys), "price": list(range(len(keys)))})


def ledger_after(viewer: httpx.Client, kpi_id: int, run: int) -> dict[str, dict[str, Any]]:
    """Return the breaks by key once the ledger has come to an execution."""

    def entered() -> list[dict[str, Any]]:
        breaks: list[dict[str, Any]] = viewer.get(f"/kpis/{kpi_id}/breaks").json()["breaks"]
        mentioned = {
            row[f"{when}_execution_id"] for row in breaks for when in ("last_seen", "resolved")
        }
        return breaks if run in mentioned else []

    rows = eventually(entered, 20, f"execution {run} is entered")
    return {row["key"]["sku"]: row for row in rows}


def test_a_break_is_opened_resolved_and_reopened_by_runs(runs: Runs, viewer: httpx.Client) -> None:
    kpi_id = runs.kpi()
    first, second, third = (
        runs.succeeded(found(*keys), kpi_id=kpi_id) for keys in ("ABC", "BC", "AB")
    )
    breaks = ledger_after(viewer, kpi_id, third)

    assert {key: row["status"] for key, row in breaks.items()} == {
        "A": "reopened",
        "B": "open",
        "C": "resolved",
    }
    assert {row["first_seen_execution_id"] for row in breaks.values()} == {first}
    assert breaks["A"]["reopened"] == 1
    assert breaks["B"]["last_seen_execution_id"] == third
    assert breaks["C"]["last_seen_execution_id"] == second
    assert breaks["C"]["resolved_execution_id"] == third
    assert all(row["age_days"] >= 0 for row in breaks.values())
    listed = viewer.get(f"/kpis/{kpi_id}/breaks", params={"status": "resolved"}).json()
    assert [row["key"] for row in listed["breaks"]] == [{"sku": "C"}]


def test_a_break_stays_open_while_one_of_several_rows_of_its_key_is_left(
    runs: Runs, viewer: httpx.Client
) -> None:
    kpi_id = runs.kpi()
    runs.succeeded(pa.table({"sku": ["A", "A", "B"]}), kpi_id=kpi_id, plan=WHOLE_ROWS)
    last = runs.succeeded(pa.table({"sku": ["A", "C"]}), kpi_id=kpi_id, plan=WHOLE_ROWS)
    breaks = ledger_after(viewer, kpi_id, last)
    assert {key: (row["status"], row["rows"]) for key, row in breaks.items()} == {
        "A": ("open", 1),
        "B": ("resolved", 0),
        "C": ("open", 1),
    }


def test_people_assign_and_comment_breaks(runs: Runs, stack: Stack, viewer: httpx.Client) -> None:
    kpi_id = runs.kpi()
    breaks = ledger_after(viewer, kpi_id, runs.succeeded(found("A"), kpi_id=kpi_id))
    path = f"/kpis/{kpi_id}/breaks/{breaks['A']['id']}"
    with stack.client("olga", "operator") as operator:
        body = {"assignee": " ben ", "reason": "knows the feed"}
        assigned = operator.post(f"{path}/assign", json=body)
        assert assigned.status_code == 200, assigned.text
        noted = operator.post(f"{path}/comment", json={"comment": "asked the supplier"}).json()
        nowhere = f"/kpis/{kpi_id}/breaks/{'0' * 32}/assign"
        assert operator.post(nowhere, json=body).status_code == 404
        assert operator.post(f"{path}/comment", json={}).status_code == 422
        assert operator.post(f"{path}/assign", json={"assignee": "  "}).status_code == 422

    assert noted["break"]["assignee"] == "ben"
    assert noted["break"]["reason"] == "knows the feed"
    assert noted["break"]["comment"] == "asked the supplier"
    assert noted["break"]["remarked_by"] == "olga"
    mine = viewer.get(f"/kpis/{kpi_id}/breaks", params={"assignee": "ben"}).json()
    assert mine["total"] == 1
    assert viewer.post(f"{path}/comment", json={"comment": "me too"}).status_code == 403


def test_a_kpi_without_runs_has_no_breaks(runs: Runs, viewer: httpx.Client) -> None:
    kpi_id = runs.kpi()
    assert viewer.get(f"/kpis/{kpi_id}/breaks").json()["total"] == 0
    assert viewer.get(f"/kpis/{2**62}/breaks").status_code == 404
