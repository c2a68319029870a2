"""A stored ruleset decides how two tables join, and who wrote it is on record."""

from __future__ import annotations

import uuid

import httpx

from kpi_testkit.eventually import eventually
from tests.e2e.test_journey import MISSING, define, run


def test_a_ruleset_wins_over_inferred_joins(http: httpx.Client) -> None:
    name = f"RECON {uuid.uuid4().hex[:8]}"
    rule = {
        "left_table": "brz_lnd_RBP_GPU",
        "right_table": "brz_lnd_OPS_EXCEL",
        "pairs": [{"left": "PRODUCT_NAME", "right": "PRODUCT_NAME"}],
    }
    stored = http.post("/rulesets", json={"name": name, "rules": [rule]})
    assert stored.status_code == 201, stored.text
    execution = run(http, define(http, MISSING), ruleset_name=name)
    assert execution["joined_columns"] == [["PRODUCT_NAME", "PRODUCT_NAME"]]

    def recorded() -> bool:
        query = {"type": "io.kpiledger.ruleset.stored.v1"}
        events = http.get("/v1/audit/events", params=query).json()["events"]
        return any(event["data"]["name"] == name for event in events)

    eventually(recorded, message="the ruleset is in the audit log")


def test_a_ruleset_about_tables_that_no_graph_has_is_refused(http: httpx.Client) -> None:
    rule = {
        "left_table": "brz_lnd_RBP_GPU",
        "right_table": "nowhere",
        "pairs": [{"left": "PRODUCT_NAME", "right": "PRODUCT_NAME"}],
    }
    refused = http.post("/rulesets", json={"name": "astray", "rules": [rule]})
    assert refused.status_code == 422, refused.text
    assert "nowhere" in refused.json()["errors"]["rules"][0]


def test_a_limit_that_was_reached_is_said(http: httpx.Client) -> None:
    kpi = define(http, sql="SELECT PLANNING_SKU FROM product_master")
    assert run(http, kpi, limit_records=5)["limit_reached"] is True
    assert run(http, kpi)["limit_reached"] is False
