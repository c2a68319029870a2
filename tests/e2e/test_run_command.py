from __future__ import annotations

import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kpi_local import keys
from kpi_local.home import Home
from kpi_local.ports import Ports
from kpi_testkit import Processes, eventually
from kpi_testkit.stacks import free_base

START_TIMEOUT = 120
STOP_TIMEOUT = 15


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    shop = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(shop)) as database:
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, sku TEXT)")
    return {
        "KPI_HOME": str(tmp_path / "home"),
        "KPI_PORT": str(free_base()),
        "KPI_SOURCE": str(shop),
        "KPI_RUN_ONCE": "0",
    }


def test_ctrl_c_stops_everything_cleanly_and_a_run_once_keeps_the_data(
    processes: Processes, environment: dict[str, str]
) -> None:
    serving = processes.module("kpi_local", "run", env=environment)
    eventually(lambda: "Serving until" in serving.log_tail(), START_TIMEOUT, "the stack serves")
    assert "Count all records in orders" in serving.log_tail()

    second = processes.module("kpi_local", "run", env=environment)
    assert second.wait(20) == 1
    assert "already running" in second.log_tail()

    serving.signal(signal.SIGINT)
    assert serving.wait(STOP_TIMEOUT) == 0
    assert not Ports(int(environment["KPI_PORT"])).taken()

    once = processes.module("kpi_local", "run", "--once", env=environment)
    assert once.wait(START_TIMEOUT) == 0, once.log_tail()
    assert not Ports(int(environment["KPI_PORT"])).taken()


def test_under_another_issuer_the_stack_serves_without_a_walk(
    processes: Processes, environment: dict[str, str], tmp_path: Path
) -> None:
    jwks = keys_of_another_issuer(tmp_path) / "jwks.json"
    foreign = environment | {"KPI_JWKS": str(jwks), "KPI_JWT_ISSUER": "https://id.example.org"}
    once = processes.module("kpi_local", "run", "--once", env=foreign)
    assert once.wait(START_TIMEOUT) == 0, once.log_tail()
    assert "there is no walk" in once.log_tail()
    assert not Path(environment["KPI_HOME"], "token").exists()


def keys_of_another_issuer(directory: Path) -> Path:
    home = Home(directory / "elsewhere")
    home.create()
    keys.prepare(home)
    return home.keys


def test_a_source_that_is_not_there_is_told_before_anything_starts(
    processes: Processes, environment: dict[str, str]
) -> None:
    missing = environment | {"KPI_SOURCE": "/nonexistent.duckdb"}
    process = processes.module("kpi_local", "run", env=missing)
    assert process.wait(20) == 1
    assert "there is no /nonexistent.duckdb" in process.log_tail()
    assert not Path(environment["KPI_HOME"]).exists()


def test_a_taken_port_is_named_before_anything_starts(
    processes: Processes, environment: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", int(environment["KPI_PORT"]) + 9)):
        process = processes.module("kpi_local", "run", env=environment)
        assert process.wait(20) == 1
    assert f"{int(environment['KPI_PORT']) + 9} (nats)" in process.log_tail()


def test_there_is_nothing_to_stop_where_nothing_runs(
    processes: Processes, environment: dict[str, str]
) -> None:
    process = processes.module("kpi_local", "stop", env=environment)
    assert process.wait(20) == 0
    assert "No stack runs" in process.log_tail()
