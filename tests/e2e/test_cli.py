"""The `kpi` command on the real house, as a person at a terminal uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from kpi_local.planted import EXPECTED
from tests.e2e.conftest import Entrance

MISSING = "Show me all products in RBP GPU which are not in OPS Excel"


def kpi(stack: Entrance, *arguments: str, role: str = "admin") -> subprocess.CompletedProcess[str]:
    """Run the command line against the stack."""
    environment = {
        "PATH": os.environ["PATH"],
        "KPI_HOME": str(stack.running.stack.home.path),
        "KPI_URL": stack.url,
        "KPI_TOKEN": stack.running.token("cli", [role]),
    }
    return subprocess.run(
        [sys.executable, "-m", "kpi_client", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answer(stack: Entrance, *arguments: str) -> Any:
    """Run a command that must succeed and return its JSON."""
    done = kpi(stack, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def name(stack: Entrance) -> str:
    """A KPI made by the command line."""
    name = f"From the shell {uuid.uuid4().hex[:8]}"
    created = kpi(stack, "create", name, MISSING, "--group", "Shell")
    assert created.returncode == 0, created.stderr
    return name


def test_up_says_that_everything_is_ready(stack: Entrance) -> None:
    done = kpi(stack, "up")
    assert done.returncode == 0, done.stderr
    for service in ("definitions", "executor", "results", "audit"):
        assert service in done.stdout


def test_a_run_shows_its_result_and_every_row_can_be_had(
    stack: Entrance, name: str, tmp_path: Path
) -> None:
    done = kpi(stack, "run", name, "--kg", "demo", "--limit", "100000")
    assert done.returncode == 0, done.stderr
    assert "success" in done.stdout
    (newest, *_) = answer(stack, "history", name)["executions"]
    execution = str(newest["id"])
    assert newest["number_of_records"] == EXPECTED.missing_in_ops
    page = answer(stack, "rows", execution, "--sort", "PLANNING_SKU")
    assert page["total_records"] == EXPECTED.missing_in_ops
    file = tmp_path / "rows.csv"
    exported = kpi(stack, "export", execution, "--output", str(file))
    assert exported.returncode == 0, exported.stderr
    assert len(file.read_text().splitlines()) == EXPECTED.missing_in_ops + 1


def test_a_sentence_is_explained_without_running_it(stack: Entrance) -> None:
    done = kpi(stack, "explain", MISSING, "--kg", "demo")
    assert done.returncode == 0, done.stderr
    assert "brz_lnd_OPS_EXCEL" in done.stdout


def test_a_reading_is_pinned_and_given_up_again(stack: Entrance, name: str) -> None:
    pinned = kpi(stack, "pin", name, "--kg", "demo", "--yes")
    assert pinned.returncode == 0, pinned.stderr
    reading = answer(stack, "show", name)["pinned_reading"]
    assert reading["kg_name"] == "demo"
    assert "brz_lnd_OPS_EXCEL" in reading["sql"]
    assert "LIMIT" not in reading["sql"]
    assert kpi(stack, "unpin", name).returncode == 0
    assert answer(stack, "show", name)["pinned_reading"] is None


def test_two_runs_are_compared(stack: Entrance, name: str) -> None:
    runs = [answer(stack, "run", name, "--kg", "demo", "--limit", "100000") for _ in range(2)]
    older, newer = (str(run["id"]) for run in runs)
    done = kpi(stack, "compare", older, newer)
    assert done.returncode == 0, done.stderr
    counts = answer(stack, "compare", older, newer)["counts"]
    assert counts == {
        "new": 0,
        "resolved": 0,
        "persisting": EXPECTED.missing_in_ops,
        "changed": 0,
    }


def test_a_source_is_added_with_its_graph_and_can_be_run_on_at_once(
    stack: Entrance, tmp_path: Path
) -> None:
    (tmp_path / "orders.csv").write_text("id,sku\n1,a\n2,b\n")
    source = f"shell_{uuid.uuid4().hex[:8]}"
    added = kpi(stack, "source", "add", source, str(tmp_path), "--kind", "files")
    assert added.returncode == 0, added.stderr
    assert f"--kg {source}" in added.stderr
    explained = kpi(stack, "explain", "Count all records in orders", "--kg", source)
    assert "orders" in explained.stdout, explained.stderr
    assert kpi(stack, "source", "refresh", source).returncode == 0


def test_the_audit_verifies_and_tells_who(stack: Entrance, name: str) -> None:
    assert kpi(stack, "audit", "verify").returncode == 0
    shown = kpi(stack, "audit", name)
    assert "CREATE" in shown.stdout
    assert "cli" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "role", "code"),
    [
        (("show", "999999"), "admin", 3),
        (("create", "Forbidden thing", MISSING), "viewer", 4),
        (("run",), "admin", 2),
        (("run", "1", "--kg", "nowhere"), "admin", 2),
    ],
)
def test_exit_codes_tell_scripts_what_went_wrong(
    stack: Entrance, arguments: tuple[str, ...], role: str, code: int
) -> None:
    done = kpi(stack, *arguments, role=role)
    assert done.returncode == code, done.stdout + done.stderr
