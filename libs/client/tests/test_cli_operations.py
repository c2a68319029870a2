"""``kpi audit | source | up``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpi_client.cli import exits

from .conftest import RunKpi
from .peer import Peer, problem


@pytest.mark.parametrize("command", [("audit", "1"), ("audit", "log", "Mismatch")])
def test_audit_shows_who_did_what(kpi: RunKpi, peer: Peer, command: tuple[str, ...]) -> None:
    peer.add_kpi("Mismatch")
    shown = kpi(*command).stdout
    assert "ada" in shown
    assert "CREATE" in shown
    assert "\x1b" not in shown


def test_audit_of_a_kpi_that_is_gone_needs_only_its_id(kpi: RunKpi) -> None:
    assert json.loads(kpi("audit", "7", "--json").stdout)["audit_log"][0]["kpi_id"] == 7


def test_verify_of_an_intact_chain_exits_with_0(kpi: RunKpi) -> None:
    assert kpi("audit", "verify").exit_code == exits.DONE


def test_verify_of_a_broken_chain_exits_with_1(kpi: RunKpi, peer: Peer) -> None:
    peer.chain_valid = False
    assert kpi("audit", "verify").exit_code == exits.FAILED


def test_a_source_is_added_by_path_listed_shown_and_removed(
    kpi: RunKpi, peer: Peer, tmp_path: Path
) -> None:
    assert kpi("source", "add", "mine", str(tmp_path / "a.sqlite")).exit_code == exits.DONE
    assert peer.sources[1]["location"] == str(tmp_path / "a.sqlite")
    assert "mine" in kpi("source", "list").stdout
    assert json.loads(kpi("source", "show", "mine", "--json").stdout)["id"] == 1
    assert kpi("source", "remove", "mine", "--yes").exit_code == exits.DONE
    assert peer.sources == {}
    assert kpi("source", "show", "mine").exit_code == exits.NOT_FOUND


def test_a_new_source_gets_its_graph_and_one_is_told_how_to_run_on_it(
    kpi: RunKpi, peer: Peer
) -> None:
    result = kpi("source", "add", "mine", "/data")
    assert peer.sent("POST", "/kg")[0].body == {"name": "mine", "source_id": 1}
    assert "3 tables, 2 joins" in result.stdout
    assert "--kg mine" in result.stderr
    told = json.loads(kpi("source", "add", "more", "/data", "--json").stdout)
    assert (told["name"], told["graph"]["name"]) == ("more", "more")


def test_a_source_may_be_added_without_a_graph(kpi: RunKpi, peer: Peer) -> None:
    assert kpi("source", "add", "mine", "/data", "--no-graph").exit_code == exits.DONE
    assert peer.sent("POST", "/kg") == []


def test_a_graph_that_cannot_be_built_leaves_the_source_and_says_so(
    kpi: RunKpi, peer: Peer
) -> None:
    result = kpi("source", "add", "demo", "/data")  # a graph of this name is there
    assert result.exit_code == exits.CONFLICT
    assert "is registered" in result.stderr
    assert "kpi source refresh demo" in result.stderr
    assert peer.sources


def test_all_sources_are_found_not_only_those_of_the_first_page(kpi: RunKpi, peer: Peer) -> None:
    peer.sources = {n: {"id": n, "name": f"source {n}", "kind": "files"} for n in range(1, 61)}
    assert "60 of 60 sources" in kpi("source", "list").stdout
    assert kpi("source", "show", "source 60").exit_code == exits.DONE


def test_a_source_without_its_graph_gets_it_later(kpi: RunKpi, peer: Peer) -> None:
    kpi("source", "add", "mine", "/data", "--no-graph")
    assert "mine" in kpi("source", "refresh", "mine").stdout
    assert peer.sent("POST", "/kg")[0].body == {"name": "mine", "source_id": 1}


def test_a_graph_is_read_again(kpi: RunKpi) -> None:
    assert "demo" in kpi("source", "refresh", "demo").stdout
    assert kpi("source", "refresh", "nowhere").exit_code == exits.NOT_FOUND


def test_the_kind_of_a_source_is_one_that_the_api_takes(kpi: RunKpi, peer: Peer) -> None:
    assert kpi("source", "add", "mine", "/data", "--kind", "folder").exit_code == exits.USAGE
    assert kpi("source", "add", "mine", "/data", "--kind", "files").exit_code == exits.DONE
    assert peer.sent("POST", "/sources")[0].body["kind"] == "files"


def test_a_relative_path_is_made_absolute(kpi: RunKpi, peer: Peer) -> None:
    kpi("source", "add", "demo", "data/demo.duckdb")
    assert peer.sources[1]["location"] == str(Path.cwd() / "data" / "demo.duckdb")


def test_a_password_is_never_taken_from_an_argument(kpi: RunKpi, peer: Peer) -> None:
    result = kpi("source", "add", "pg", "postgresql://me:secret@db/shop")
    assert result.exit_code == exits.USAGE
    assert "secret" not in result.output
    assert peer.requests == []


def test_a_password_comes_from_a_prompt_and_is_not_echoed(kpi: RunKpi, peer: Peer) -> None:
    command = ("source", "add", "pg", "postgresql://me@db/shop", "--ask-password")
    result = kpi(*command, input="secret\n")
    assert result.exit_code == exits.DONE
    assert peer.sent("POST", "/sources")[0].body["password"] == "secret"
    assert "secret" not in result.output


def test_a_password_comes_from_the_environment(kpi: RunKpi, peer: Peer) -> None:
    command = ("source", "add", "pg", "postgresql://me@db/shop", "--password-env", "PG_PASSWORD")
    assert kpi(*command).exit_code == exits.USAGE
    kpi(*command, PG_PASSWORD="secret")
    assert peer.sent("POST", "/sources")[0].body["password"] == "secret"


def test_up_with_everything_ready_exits_with_0(kpi: RunKpi) -> None:
    result = kpi("up", "--json")
    assert result.exit_code == exits.DONE
    assert [service["ready"] for service in json.loads(result.stdout)] == [True] * 4


def test_up_needs_no_token(kpi: RunKpi) -> None:
    assert kpi("up", KPI_TOKEN="").exit_code == exits.DONE


def test_up_names_what_a_service_misses(kpi: RunKpi, peer: Peer) -> None:
    peer.missing["executor"] = {"nats": "not connected"}
    result = kpi("up")
    assert result.exit_code == exits.UNAVAILABLE
    assert "nats: not connected" in result.stdout


def test_up_waits_until_all_is_ready(kpi: RunKpi, peer: Peer) -> None:
    peer.faults.extend([problem(404, "no such route yet")] * 4)
    assert kpi("up", "--wait", "10").exit_code == exits.DONE


def test_up_without_a_gateway_is_unavailable(kpi: RunKpi) -> None:
    assert kpi("up", "--url", "http://127.0.0.1:1").exit_code == exits.UNAVAILABLE
