"""``kpi run | history | explain``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kpi_client.cli import exits

from .conftest import RunKpi
from .peer import SQL, TOKEN, Peer, problem

ASYNC = "/v1/landing-kpi/kpis/1/execute-async"


@pytest.fixture(autouse=True)
def stored_kpi(peer: Peer) -> None:
    peer.add_kpi("Mismatch", version=3)


def test_run_by_name_shows_states_sql_and_the_first_rows(kpi: RunKpi) -> None:
    result = kpi("run", "mismatch", "--rows", "2")
    assert result.exit_code == exits.DONE
    assert [text.split()[0] for text in result.stderr.splitlines()[:3]] == [
        "queued",
        "running",
        "success",
    ]
    assert all(part in result.stdout for part in (*SQL.splitlines(), "SKU001", "125.5 ms"))
    assert "SKU002" not in result.stdout
    assert "118 more: kpi rows 101" in result.stderr


def test_run_passes_its_parameters_and_the_version_on(kpi: RunKpi, peer: Peer) -> None:
    options = ("--kg", "demo", "--schema", "main", "--limit", "5", "--timeout", "9")
    kpi("run", "1", *options, "--param", "use_llm=false", "--param", "db_type=duckdb")
    assert peer.sent("POST", ASYNC)[0].body == {
        "kg_name": "demo",
        "select_schema": "main",
        "limit_records": 5,
        "timeout_seconds": 9.0,
        "use_llm": False,
        "db_type": "duckdb",
        "kpi_version": 3,
    }


def test_a_run_that_ended_at_its_limit_says_so(kpi: RunKpi, peer: Peer) -> None:
    assert "limit" not in kpi("run", "1").stderr
    peer.limit_reached = True
    told = kpi("run", "1", "--rows", "500")
    assert "ended at its limit" in told.stderr
    assert json.loads(kpi("run", "1", "--json").stdout)["limit_reached"] is True


def test_a_run_without_a_limit_asks_for_all_records(kpi: RunKpi, peer: Peer) -> None:
    kpi("run", "1", "--no-limit")
    assert peer.sent("POST", ASYNC)[0].body["limit_records"] is None
    assert kpi("run", "1", "--no-limit", "--limit", "5").exit_code == exits.USAGE


def test_a_source_stands_for_the_graph_of_its_name(kpi: RunKpi, peer: Peer) -> None:
    kpi("run", "1", "--source", "demo")
    assert peer.sent("POST", ASYNC)[0].body["kg_name"] == "demo"
    assert kpi("run", "1", "--source", "demo", "--kg", "other").exit_code == exits.USAGE


def test_the_only_graph_need_not_be_named(kpi: RunKpi, peer: Peer) -> None:
    peer.graphs = ["mine"]
    kpi("run", "1")
    assert peer.sent("POST", ASYNC)[0].body["kg_name"] == "mine"


def test_which_graphs_there_are_is_said_where_one_must_be_named(kpi: RunKpi, peer: Peer) -> None:
    peer.graphs = ["demo", "other"]
    for command in (("run", "1"), ("explain", "1"), ("pin", "1")):
        result = kpi(*command)
        assert result.exit_code == exits.USAGE
        assert all(part in result.stderr for part in ("--kg", "demo, other"))
    peer.graphs = []
    assert "kpi source add" in kpi("run", "1").stderr
    assert peer.sent("POST", ASYNC) == []


def test_run_with_json_prints_the_execution_only(kpi: RunKpi) -> None:
    result = kpi("run", "1", "--json")
    execution = json.loads(result.stdout)
    assert (execution["id"], len(execution["result_data"])) == (101, 10)
    assert result.stderr == ""


@pytest.mark.parametrize("outcome", ["failed", "timeout", "cancelled"])
def test_a_run_that_does_not_end_well_exits_with_1_and_shows_why(
    kpi: RunKpi, peer: Peer, outcome: str
) -> None:
    peer.outcome = outcome
    result = kpi("run", "1")
    assert result.exit_code == exits.FAILED
    assert "Unable to find join columns" in result.stdout


def test_ctrl_c_cancels_the_run(peer: Peer, tmp_path: Path) -> None:
    peer.states = ["running"] * 10_000
    command = [sys.executable, "-m", "kpi_client", "run", "1", "--url", peer.url]
    environment = {**os.environ, "KPI_TOKEN": TOKEN, "KPI_HOME": str(tmp_path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("running")
        process.send_signal(signal.SIGINT)
        try:
            _, told = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == exits.INTERRUPTED
    assert "Cancelling execution 101." in told
    assert len(peer.sent("POST", "/v1/landing-kpi/executions/101/cancel")) == 1


def test_an_unknown_kpi_is_not_found(kpi: RunKpi) -> None:
    assert kpi("run", "nothing like it").exit_code == exits.NOT_FOUND


def test_too_many_runs_are_told_when_to_come_back(kpi: RunKpi, peer: Peer) -> None:
    limited = problem(429, "at most 10 runs a minute")
    limited.headers["Retry-After"] = "12"
    peer.faults.append(limited)
    result = kpi("explain", "1")
    assert result.exit_code == exits.UNAVAILABLE
    assert "Try again in 12 s." in result.stderr


def test_a_parameter_without_a_value_is_a_usage_error(kpi: RunKpi) -> None:
    assert kpi("run", "1", "--param", "use_llm").exit_code == exits.USAGE


def test_history_lists_runs_newest_first(kpi: RunKpi) -> None:
    shown = kpi("history", "Mismatch").stdout
    assert shown.index("102") < shown.index("101")
    assert "2 of 7 executions" in shown


def test_history_with_json_is_the_answer_of_the_api(kpi: RunKpi, peer: Peer) -> None:
    assert json.loads(kpi("history", "--json").stdout)["total"] == 7
    assert peer.requests[0].path == "/v1/landing-kpi/executions"


def test_explain_takes_a_text_or_an_id(kpi: RunKpi, peer: Peer) -> None:
    assert "WHERE ops.sku IS NULL" in kpi("explain", "Show me all products").stdout
    assert peer.sent("POST", "/v1/landing-kpi/preview")[0].body == {
        "nl_definition": "Show me all products",
        "kg_name": "demo",
    }
    kpi("explain", "1")
    assert len(peer.sent("POST", "/v1/landing-kpi/kpis/1/preview")) == 1
