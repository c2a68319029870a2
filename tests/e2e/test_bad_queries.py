"""SQL that must not be run, sources that must not be read; everything stays alive."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Entrance

HOSTILE = [
    "SELECT 1; DROP TABLE product_master",
    "WITH d AS (DELETE FROM product_master RETURNING *) SELECT * FROM d",
    "SELECT * INTO x FROM product_master",
    "SET TRANSACTION READ WRITE; DELETE FROM product_master",
    "COPY product_master TO PROGRAM 'sh'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT dblink_exec('x', 'y')",
    "SELECT query_to_xml('delete from product_master', true, true, '')",
    "SELECT set_config('statement_timeout','0',false)",
    "SELECT pg_terminate_backend(1)",
    "SELECT pg_sleep(1e6)",
    "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */ FROM secrets",
    "SELECT LOAD_FILE('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM query('select 1')",
    "SELECT * FROM OPENROWSET('x', 'y', 'z')",
    "EXPLAIN ANALYZE DELETE FROM product_master",
    "SELECT * FROM product_master FOR UPDATE",
    "SELECT " + "(" * 1000 + "1" + ")" * 1000,
    "SELECT * FROM read_csv('/etc/passwd')",
    "ATTACH '/tmp/x.db'",
    "PRAGMA database_list",
    "INSTALL httpfs",
]


def run(http: httpx.Client, query: str, **parameters: Any) -> httpx.Response:
    return http.post("/v3/execute", json={"kg_name": "demo", "query": query} | parameters)


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_query_fails_with_a_reason(http: httpx.Client, query: str) -> None:
    answer = run(http, query).json()
    assert answer["success"] is False
    assert answer["execution_result"]["execution_status"] == "failed"
    assert answer["execution_result"]["error_type"] == "unsafe_query"
    assert answer["execution_result"]["error_message"]


def test_a_megabyte_of_conditions_is_refused_at_once(http: httpx.Client) -> None:
    query = "SELECT 1 FROM product_master WHERE " + " AND ".join(["1=1"] * 140_000)
    assert run(http, query).status_code in (413, 422)


def test_a_query_that_eats_memory_ends_and_the_next_one_runs(http: httpx.Client) -> None:
    query = "SELECT length(repeat('x', 2000000000)) AS n FROM product_master"
    execution = run(http, query, timeout_seconds=5, max_attempts=1).json()["execution_result"]
    assert execution["execution_status"] in ("failed", "timeout")
    assert run(http, "SELECT count(*) AS n FROM product_master").json()["success"]


def test_an_endless_query_times_out_and_the_next_one_runs(http: httpx.Client) -> None:
    query = (
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) "
        "SELECT sum(i) AS s FROM n"
    )
    execution = run(http, query, timeout_seconds=2, max_attempts=1).json()["execution_result"]
    assert execution["execution_status"] in ("timeout", "failed")
    assert run(http, "SELECT count(*) AS n FROM product_master").json()["success"]


def test_an_unknown_column_is_named(http: httpx.Client) -> None:
    execution = run(http, "SELECT nonsense FROM product_master").json()["execution_result"]
    assert execution["execution_status"] == "failed"
    assert "nonsense" in execution["error_message"]


@pytest.mark.parametrize(
    "location",
    [
        "sqlite:////etc/passwd",
        "/no/such/file.sqlite",
        "postgresql://u@169.254.169.254/db",
        "postgresql://u@localhost/db?host=/var/run/postgresql",
        "postgresql:///db?service=x",
        "postgresql://u@localhost/db?options=-c%20statement_timeout%3D0",
        "postgresql://[::1",
        "ftp://example.org/x.csv",
    ],
)
def test_a_bad_source_never_becomes_a_graph(http: httpx.Client, location: str) -> None:
    body = {"name": f"bad {abs(hash(location))}", "location": location}
    response = http.post("/sources", json=body)
    if response.status_code == 201:
        source_id = response.json()["source"]["id"]
        response = http.post("/kg", json={"name": body["name"], "source_id": source_id})
    assert response.status_code == 422
    assert "location" in response.json()["errors"]


def test_our_own_database_is_no_source(http: httpx.Client, stack: Entrance) -> None:
    location = f"postgresql://executor:x@127.0.0.1:{stack.running.stack.ports.postgres}/executor"
    source = http.post("/sources", json={"name": "own database", "location": location}).json()
    response = http.post("/kg", json={"name": "own", "source_id": source["source"]["id"]})
    assert response.status_code == 422
    assert "own database" in response.json()["errors"]["location"][0]
