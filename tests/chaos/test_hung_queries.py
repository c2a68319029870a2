"""Queries on a user's Postgres whose worker dies, or whose process no longer listens."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi_testkit.eventually import eventually
from tests.chaos.house import EXECUTIONS, House, Json

SHOP = "shop"
SLOTS = 2  # query processes of the stack's executor
FOREVER = 600  # seconds; every test ends the query long before
LIMIT = 3.0  # seconds; `timeout_seconds` of the runs that are to run out of time
FREE_WITHIN = 2.0
SLACK = 3.0  # seconds; two cores are shared by twelve processes and the test
SLOW = "SELECT id FROM slow_orders ORDER BY id"
TABLES = """
    CREATE TABLE orders (id integer PRIMARY KEY);
    INSERT INTO orders VALUES (1), (2), (3);
    CREATE TABLE pace (seconds float NOT NULL);
    INSERT INTO pace VALUES (0);
    CREATE VIEW slow_orders AS
        WITH waited AS MATERIALIZED (SELECT pg_sleep((SELECT seconds FROM pace)))
        SELECT orders.id FROM orders, waited;
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """A user's database with a view that takes as long to read as `pace` says."""

    house: House
    kpi: Json
    url: str

    def set_pace(self, seconds: float) -> None:
        """Let every reading that begins from now on take so long."""
        with psycopg.connect(self.url) as connection:
            connection.execute("UPDATE pace SET seconds = %s", [seconds])

    def queries(self) -> int:
        """Return how many of our queries the server is working on."""
        with psycopg.connect(self.url) as connection:
            [[count]] = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
                "AND datname = current_database() AND query LIKE '%slow_orders%' "
                "AND pid <> pg_backend_pid()"
            ).fetchall()
        return int(count)

    def start(self, **parameters: Any) -> int:
        """Run the slow KPI in the background."""
        return self.house.start(self.kpi, SHOP, **parameters)


@pytest.fixture(scope="module")
def shop(house: House) -> Shop:
    postgres = house.running.stack.postgres
    postgres.create_databases([SHOP])
    with psycopg.connect(postgres.url(SHOP)) as connection:
        connection.execute(TABLES)
    house.register(SHOP, postgres.url(SHOP))
    return Shop(house, house.define(SLOW), postgres.url(SHOP))


@pytest.fixture(autouse=True)
def slow(shop: Shop) -> Iterator[None]:
    """Let queries take for ever until the test says otherwise, and none after it."""
    shop.set_pace(FOREVER)
    yield
    shop.set_pace(0)


def query_processes(worker: int) -> list[int]:
    """Return the query processes of a worker: the children of its children."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(status.parent.name)] = int(fields[1])
    children = {pid for pid, parent in parents.items() if parent == worker}
    return [pid for pid, parent in parents.items() if parent in children]


def deafen(shop: Shop) -> None:
    """Stop the query processes as a hung driver does: they no longer hear SIGTERM."""
    processes = query_processes(shop.house.running.supervisor.pid("executor-worker"))
    assert len(processes) == SLOTS
    for process in processes:
        os.kill(process, signal.SIGSTOP)


def seconds_until(done: Callable[[], object], timeout: float, what: str) -> float:
    began = time.monotonic()
    eventually(done, timeout, what)
    return time.monotonic() - began


def test_a_query_of_a_killed_worker_disappears_and_a_second_attempt_succeeds(shop: Shop) -> None:
    execution_id = shop.start()
    eventually(lambda: shop.queries() == 1, 20, "the query runs")

    shop.house.running.kill("executor-worker")

    assert seconds_until(lambda: shop.queries() == 0, 15, "the query is gone") < 5
    shop.set_pace(0)
    result = shop.house.ended(execution_id, 40)
    assert (result["execution_status"], result["attempt"]) == ("success", 2)
    assert result["number_of_records"] == 3


def test_a_cancelled_query_whose_process_ignores_sigterm_frees_its_slot(shop: Shop) -> None:
    runs = [shop.start() for _ in range(SLOTS)]
    eventually(lambda: shop.queries() == SLOTS, 20, "the queries run")
    deafen(shop)

    for execution_id in runs:
        shop.house.ask("POST", f"{EXECUTIONS}/{execution_id}/cancel", json={})

    took = seconds_until(
        lambda: all(shop.house.job(run)["status"] == "cancelled" for run in runs), 20, "both end"
    )
    assert took < FREE_WITHIN + SLACK
    the_slots_are_free(shop)


def test_a_query_out_of_time_whose_process_ignores_sigterm_frees_its_slot(shop: Shop) -> None:
    runs = [shop.start(timeout_seconds=LIMIT) for _ in range(SLOTS)]
    eventually(lambda: shop.queries() == SLOTS, 20, "the queries run")
    deafen(shop)

    for ended in [shop.house.ended(execution_id) for execution_id in runs]:
        assert ended["execution_status"] == "timeout"
        assert seconds_run(ended) < LIMIT + FREE_WITHIN + SLACK
    the_slots_are_free(shop)


def seconds_run(execution: Json) -> float:
    began, ended = (
        datetime.fromisoformat(execution[name]) for name in ("started_at", "finished_at")
    )
    return (ended - began).total_seconds()


def the_slots_are_free(shop: Shop) -> None:
    """Check that queries run in both slots at once, and none is left on the server."""
    eventually(lambda: shop.queries() == 0, 5, "the server has stopped the queries")
    runs = [shop.start() for _ in range(SLOTS)]
    eventually(lambda: shop.queries() == SLOTS, 20, "queries run in all slots")
    for execution_id in runs:
        shop.house.ask("POST", f"{EXECUTIONS}/{execution_id}/cancel", json={})
    for execution_id in runs:
        assert shop.house.ended(execution_id)["execution_status"] == "cancelled"
