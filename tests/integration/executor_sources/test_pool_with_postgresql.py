"""Query processes against PostgreSQL: what is stopped here is stopped there."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kpi_executor.query import (
    Cancelled,
    Crashed,
    ProcessSettings,
    QueryPool,
    QueryTask,
    TimedOut,
)
from kpi_executor.sources import Source
from kpi_testkit.eventually import eventually

SLEEP = "SELECT pg_sleep(60) AS slow"


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[QueryPool]:
    with QueryPool(1, ProcessSettings(cache=tmp_path / "cache")) as running:
        yield running


def task(source: Source, folder: Path, sql: str, timeout_seconds: float = 30) -> QueryTask:
    store = (folder / "store").as_uri()
    return QueryTask(1, 1, source, sql, store, timeout_seconds=timeout_seconds, first_rows=10)


def sleepers(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
            "AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert found is not None
    return int(found[0])


def test_rows_reach_the_store(pool: QueryPool, shop: Source, tmp_path: Path) -> None:
    sql = "SELECT id, name, price FROM product ORDER BY id"
    outcome = pool.submit(task(shop, tmp_path, sql)).result(30)
    assert outcome.manifest.rows == 3
    assert outcome.first_rows[0] == {"id": 1, "name": "tea", "price": "2.50"}


def test_a_kept_connection_that_the_server_closed_is_made_anew(
    pool: QueryPool, shop: Source, shop_url: str, tmp_path: Path
) -> None:
    ask = task(shop, tmp_path, "SELECT pg_backend_pid() AS server_process")
    first = pool.submit(ask).result(30).first_rows
    assert pool.submit(ask).result(30).first_rows == first
    with psycopg.connect(shop_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'kpi-ledger'"
        )
    assert pool.submit(ask).result(30).first_rows != first


def test_a_cancelled_query_ends_on_the_server_at_once(
    pool: QueryPool, shop: Source, shop_url: str, tmp_path: Path
) -> None:
    running = pool.submit(task(shop, tmp_path, SLEEP))
    eventually(lambda: sleepers(shop_url) == 1, message="the server runs it")
    pool.cancel(running)
    with pytest.raises(Cancelled):
        running.result(5)
    eventually(lambda: sleepers(shop_url) == 0, timeout=0.5, message="the server has stopped")


def test_a_query_out_of_time_ends_on_the_server(
    pool: QueryPool, shop: Source, shop_url: str, tmp_path: Path
) -> None:
    with pytest.raises(TimedOut):
        pool.submit(task(shop, tmp_path, SLEEP, timeout_seconds=1)).result(10)
    eventually(lambda: sleepers(shop_url) == 0, timeout=0.5, message="the server has stopped")


def test_a_killed_process_ends_its_query_on_the_server(
    pool: QueryPool, shop: Source, shop_url: str, tmp_path: Path
) -> None:
    running = pool.submit(task(shop, tmp_path, SLEEP))
    eventually(lambda: sleepers(shop_url) == 1, message="the server runs it")
    os.kill(pool.process_ids[0], signal.SIGKILL)
    with pytest.raises(Crashed):
        running.result(5)
    eventually(lambda: sleepers(shop_url) == 0, timeout=5, message="the server has noticed")
