"""``kpi kpis | create | show | update | delete | restore`` and what all commands share."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from kpi_client.cli import exits
from kpi_client.cli.app import COMMANDS

from .conftest import RunKpi
from .peer import ESCAPE, TEXT, Peer, problem


def test_create_shows_the_new_kpi(kpi: RunKpi, peer: Peer) -> None:
    result = kpi("create", "Mismatch", TEXT, "--group", "Quality")
    assert result.exit_code == exits.DONE
    assert "Mismatch" in result.stdout
    assert peer.kpis[1]["group_name"] == "Quality"


def test_json_on_stdout_is_the_object_and_nothing_else(kpi: RunKpi) -> None:
    result = kpi("create", "Mismatch", TEXT, "--json")
    assert json.loads(result.stdout)["id"] == 1
    assert result.stderr == ""


def test_options_of_the_session_may_stand_before_the_command(kpi: RunKpi, peer: Peer) -> None:
    result = kpi("--json", "--url", peer.url, "kpis", KPI_URL="http://127.0.0.1:1")
    assert json.loads(result.stdout) == {"success": True, "total": 0, "kpis": []}


def test_a_list_passes_its_filters_on(kpi: RunKpi, peer: Peer) -> None:
    kpi("kpis", "--group", "Quality", "--inactive", "--search", "sku", "--sort", "name", "--desc")
    assert peer.requests[0].query == {
        "group_name": "Quality",
        "is_active": "false",
        "search": "sku",
        "sort_by": "name",
        "sort_order": "desc",
        "limit": "100",
        "offset": "0",
    }


def test_names_are_shown_literally(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi(f"[bold red]{ESCAPE}[/] :smile:\u202e")
    for command in (("kpis",), ("show", "1")):
        shown = kpi(*command).stdout
        assert "[bold red]\\x1b[31mred\\x1b[0m[/] :smile:\\u202e" in shown
        assert "\x1b" not in shown


def test_update_sends_only_what_is_given_and_the_version_it_read(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch", version=4)
    assert kpi("update", "mismatch", "--description", "new").exit_code == exits.DONE
    (sent,) = peer.sent("PUT", "/v1/landing-kpi/kpis/1")
    assert (sent.body, sent.headers["if-match"]) == ({"description": "new"}, '"4"')


def test_update_without_a_change_is_a_usage_error(kpi: RunKpi) -> None:
    assert kpi("update", "1").exit_code == exits.USAGE


def test_update_of_an_older_version_is_a_conflict(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch", version=4)
    result = kpi("update", "1", "--description", "new", "--version", "3")
    assert result.exit_code == exits.CONFLICT


def test_delete_asks_first(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch")
    assert kpi("delete", "1", input="n\n").exit_code == exits.INTERRUPTED
    assert peer.kpis[1]["is_active"]
    assert kpi("delete", "1", input="y\n").exit_code == exits.DONE
    assert not peer.kpis[1]["is_active"]


def test_delete_with_json_and_yes_prints_json_only(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch")
    result = kpi("delete", "Mismatch", "--yes", "--json")
    assert json.loads(result.stdout) == {"success": True, "id": 1}


def test_a_deleted_kpi_comes_back(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch", is_active=False)
    assert json.loads(kpi("restore", "1", "--json").stdout)["is_active"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, exits.NOT_ALLOWED),
        (403, exits.NOT_ALLOWED),
        (404, exits.NOT_FOUND),
        (409, exits.CONFLICT),
        (422, exits.USAGE),
        (429, exits.UNAVAILABLE),
        (500, exits.FAULT),
    ],
)
def test_each_problem_has_its_exit_code(kpi: RunKpi, peer: Peer, status: int, code: int) -> None:
    peer.faults.append(problem(status, "because"))
    result = kpi("create", "Mismatch", TEXT)
    assert (result.exit_code, result.stdout) == (code, "")
    assert "because" in result.stderr


def test_no_server_is_unavailable(kpi: RunKpi) -> None:
    result = kpi("kpis", "--url", "http://127.0.0.1:1")
    assert result.exit_code == exits.UNAVAILABLE
    assert "http://127.0.0.1:1" in result.stderr


def test_an_invalid_field_is_named(kpi: RunKpi) -> None:
    result = kpi("create", "ab", TEXT)
    assert result.exit_code == exits.USAGE
    assert "name: Shorter than 3." in result.stderr


def test_an_error_with_json_is_a_problem_object_on_stderr(kpi: RunKpi) -> None:
    result = kpi("create", "ab", TEXT, "--json")
    assert result.stdout == ""
    told = json.loads(result.stderr)
    assert (told["status"], told["errors"]) == (422, {"name": ["Shorter than 3."]})


def test_an_error_cannot_steer_the_terminal(kpi: RunKpi, peer: Peer) -> None:
    peer.faults.append(problem(409, ESCAPE))
    assert "\x1b" not in kpi("create", "Mismatch", TEXT).stderr


def test_a_refused_token_tells_how_to_get_one(kpi: RunKpi) -> None:
    result = kpi("kpis", "--token", "wrong")
    assert result.exit_code == exits.NOT_ALLOWED
    assert "kpi token" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_describes_itself(kpi: RunKpi, command: str) -> None:
    result = kpi(command, "--help")
    assert result.exit_code == exits.DONE
    assert "Usage: kpi" in result.stdout


def test_an_unknown_command_is_a_usage_error(kpi: RunKpi) -> None:
    assert kpi("frobnicate").exit_code == exits.USAGE


def test_the_module_runs_as_the_command_and_loads_no_http_stack_for_it() -> None:
    code = (
        "import sys, kpi_client.cli.app;"
        "print([name for name in ('httpx', 'rich', 'jwt') if name in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert loaded.stdout.strip() == "[]"
    started = time.perf_counter()
    version = [sys.executable, "-m", "kpi_client", "--version"]
    assert "kpi, version" in subprocess.run(version, capture_output=True, text=True).stdout
    assert time.perf_counter() - started < 5  # seconds, on a machine that may be busy
