"""A user's own data: register, ask, and what happens when they change or go away."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import httpx
import psycopg
import pytest

from kpi_local.postgres import SUPERUSER
from kpi_testkit.eventually import eventually
from tests.e2e.conftest import Entrance
from tests.e2e.test_journey import KPIS, define, run

ROWS = [(1, "open"), (2, "closed"), (3, "open")]
CREATE = "CREATE TABLE tickets (id integer PRIMARY KEY, state text)"
INSERT = "INSERT INTO tickets VALUES (1, 'open'), (2, 'closed'), (3, 'open')"


def register(http: httpx.Client, location: str) -> str:
    """Register a source with a graph of the same, fresh name; return the name."""
    name = f"own {uuid.uuid4().hex[:8]}"
    source = http.post("/sources", json={"name": name, "location": location})
    assert source.status_code == 201, source.text
    body = {"name": name, "source_id": source.json()["source"]["id"]}
    graph = http.post("/kg", json=body)
    assert graph.status_code == 201, graph.text
    return name


def sqlite_file(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "own.sqlite")) as database:
        database.execute(CREATE)
        database.executemany("INSERT INTO tickets VALUES (?, ?)", ROWS)
        database.commit()
    return str(folder / "own.sqlite")


def duckdb_file(folder: Path) -> str:
    with duckdb.connect(str(folder / "own.duckdb")) as database:
        database.execute(CREATE)
        database.execute(INSERT)
    return str(folder / "own.duckdb")


def csv_folder(folder: Path) -> str:
    text = "id,state\n" + "".join(f"{number},{state}\n" for number, state in ROWS)
    (folder / "files").mkdir()
    (folder / "files" / "tickets.csv").write_text(text)
    return str(folder / "files")


@pytest.mark.parametrize("make", [sqlite_file, duckdb_file, csv_folder])
def test_a_file_can_be_asked_at_once(http: httpx.Client, tmp_path: Path, make: Any) -> None:
    name = register(http, make(tmp_path))
    kpi = define(http, sql="SELECT count(*) AS n FROM tickets WHERE state = 'open'")
    assert run(http, kpi, kg_name=name)["result_data"] == [{"n": 2}]


def test_a_postgres_database_can_be_asked_and_its_password_stays_hidden(
    http: httpx.Client, stack: Entrance
) -> None:
    server = stack.running.stack.postgres
    database = f"own_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}")
    location = server.url(SUPERUSER, database)
    with psycopg.connect(location) as connection:
        connection.execute(CREATE)
        connection.execute(INSERT)
    name = register(http, location)
    listed = http.get("/sources", params={"limit": 1000}).text
    assert server.password(SUPERUSER) not in listed
    kpi = define(http, sql="SELECT state, count(*) AS n FROM tickets GROUP BY state ORDER BY 1")
    rows = run(http, kpi, kg_name=name)["result_data"]
    assert rows == [{"state": "closed", "n": 1}, {"state": "open", "n": 2}]


def test_a_wrong_password_is_said_clearly(http: httpx.Client, stack: Entrance) -> None:
    port = stack.running.stack.ports.postgres
    body = {"name": f"wrong {uuid.uuid4().hex[:8]}"}
    location = f"postgresql://postgres:wrong@127.0.0.1:{port}/postgres"
    source = http.post("/sources", json=body | {"location": location}).json()["source"]
    response = http.post("/kg", json=body | {"source_id": source["id"]})
    assert response.status_code == 422
    assert "password" in response.json()["errors"]["location"][0].lower()


def test_a_file_that_is_gone_fails_the_run_with_advice(http: httpx.Client, tmp_path: Path) -> None:
    location = sqlite_file(tmp_path)
    name = register(http, location)
    Path(location).unlink()
    kpi = define(http, sql="SELECT count(*) AS n FROM tickets")
    execution = run(http, kpi, kg_name=name, max_attempts=1)
    assert execution["execution_status"] == "failed"
    assert "check the path" in execution["error_message"]


def test_a_changed_table_marks_the_kpis_that_were_run_on_it(
    http: httpx.Client, tmp_path: Path
) -> None:
    location = sqlite_file(tmp_path)
    name = register(http, location)
    kpi = define(http, sql="SELECT state FROM tickets")
    run(http, kpi, kg_name=name)
    with closing(sqlite3.connect(location)) as database:
        database.execute("ALTER TABLE tickets DROP COLUMN state")
        database.commit()
    refreshed = http.post(f"/kg/{name}/refresh")
    assert refreshed.status_code == 200, refreshed.text

    def marked() -> dict[str, Any]:
        found: dict[str, Any] = http.get(f"{KPIS}/{kpi['id']}").json()["kpi"]
        assert found["needs_review"]
        return found

    changes = eventually(marked)["review"]["changes"]
    assert changes == [{"table": "tickets", "column": "state", "change": "removed"}]


def test_a_pinned_reading_is_run_as_it_stands(http: httpx.Client) -> None:
    kpi = define(http, "Count all products where status is inactive")
    reading = {
        "kg_name": "demo",
        "sql": "SELECT count(*) AS approved FROM product_master",
        "operation": "AGGREGATE",
    }
    pinned = http.put(f"{KPIS}/{kpi['id']}/reading", json=reading).json()["kpi"]
    execution = run(http, pinned)
    assert list(execution["result_data"][0]) == ["approved"]
    assert execution["operation"] == "AGGREGATE"


@pytest.mark.parametrize("of_kpi", [True, False])
def test_a_reading_pinned_from_a_preview_cuts_no_run(
    http: httpx.Client, tmp_path: Path, of_kpi: bool
) -> None:
    location = sqlite_file(tmp_path)
    with closing(sqlite3.connect(location)) as database:
        more = ((number, "open") for number in range(4, 1_501))
        database.executemany("INSERT INTO tickets VALUES (?, ?)", more)
        database.commit()
    name = register(http, location)
    kpi = define(http, "Show all tickets")
    asked = {"kg_name": name} if of_kpi else {"kg_name": name, "nl_definition": "Show all tickets"}
    path = f"{KPIS}/{kpi['id']}/preview" if of_kpi else "/v1/landing-kpi/preview"
    preview = http.post(path, json=asked).json()
    reading = {"kg_name": name, "sql": preview["generated_sql"], "operation": preview["operation"]}
    pinned = http.put(f"{KPIS}/{kpi['id']}/reading", json=reading).json()["kpi"]
    whole = run(http, pinned, kg_name=name)
    assert (whole["number_of_records"], whole["limit_reached"]) == (1_500, False)
    cut = run(http, pinned, kg_name=name, limit_records=1_000)
    assert (cut["number_of_records"], cut["limit_reached"]) == (1_000, True)
    limited = http.post(path, json=asked | {"limit_records": 5}).json()
    assert limited["generated_sql"].endswith("LIMIT 5")
