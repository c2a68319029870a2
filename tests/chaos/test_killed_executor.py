"""The executor's worker killed between a query's end and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi_contracts.execution import ExecutionSucceeded
from kpi_testkit import Databases, builders, crashed, eventually
from tests.chaos.evidence import envelopes, stored, streamed
from tests.chaos.house import EMPTY_SHELVES, EMPTY_SHELVES_SQL, GRAPH, KPIS, depot
from tests.chaos.invariants import every_execution_ended_once, soon
from tests.chaos.single import Service, publish, service

LEASE_OVER = 30.0  # seconds: the lease of a killed worker (10), its discovery and a start
TAKEN = ["requested", "queued", "started"]
AGAIN = ["attempt_failed", "queued", "started"]


@pytest.fixture(scope="module")
def executor(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Run the api of an executor that knows a source; workers come and go with the tests."""
    folder = tmp_path_factory.mktemp("executor")
    with service("executor", databases, folder) as executor:
        executor.api()
        register(executor, depot(folder))
        yield executor


def register(executor: Service, path: Path) -> None:
    source = executor.http.post("/sources", json={"name": GRAPH, "location": str(path)})
    assert source.status_code == 201, source.text
    graph = {"name": GRAPH, "source_id": source.json()["source"]["id"]}
    assert executor.http.post("/kg", json=graph).status_code == 201


def accepted_run(executor: Service, kpi_id: int) -> int:
    """Define a KPI by an event, and have it run; return the execution's id."""
    created = builders.definition_created(nl_definition=None, sql_definition=EMPTY_SHELVES_SQL)
    publish(executor.nats_url, [builders.record(created, kpi_id)])
    body = {"kg_name": GRAPH, "kpi_version": 1}

    def accepted() -> int:
        answer = executor.http.post(f"{KPIS}/{kpi_id}/execute-async", json=body)
        assert answer.status_code == 202, answer.text
        return int(answer.json()["execution_id"])

    return eventually(accepted, 30, "the run is accepted")


def history(executor: Service, execution_id: int) -> list[str]:
    """Return what happened to an execution."""
    return [
        event.verb
        for event in stored(executor.engine)
        if event.key == ("execution", str(execution_id))
    ]


def rows_of(executor: Service, execution_id: int) -> list[Any]:
    """Return the rows in the parts that the execution's manifest names."""
    [succeeded] = [
        envelope.data
        for envelope in envelopes(executor.engine)
        if isinstance(envelope.data, ExecutionSucceeded)
        and envelope.aggregate_id == str(execution_id)
    ]
    names = [column.name for column in succeeded.manifest.columns]
    parts = [pq.read_table(executor.home.store / part.key) for part in succeeded.manifest.parts]
    return pa.concat_tables(parts).rename_columns(names).to_pylist()


def the_stream_holds_what_is_committed(executor: Service) -> None:
    published = {event.id for event in streamed(executor.nats_url)}
    assert {event.id for event in stored(executor.engine)} <= published


@pytest.mark.parametrize(
    ("kpi_id", "crash", "before", "after"),
    [
        (1, "executor.after_query", TAKEN, [*TAKEN, *AGAIN, "succeeded"]),
        (2, "executor.after_end", [*TAKEN, "succeeded"], [*TAKEN, "succeeded"]),
    ],
    ids=["after the last part, before the event", "after the event"],
)
def test_a_worker_killed_at_the_end_of_a_query_leaves_one_end_and_all_rows(
    executor: Service, kpi_id: int, crash: str, before: list[str], after: list[str]
) -> None:
    doomed = executor.doomed_worker(crash)
    execution_id = accepted_run(executor, kpi_id)
    assert crashed(doomed)
    assert history(executor, execution_id) == before

    worker = executor.worker()

    eventually(lambda: history(executor, execution_id) == after, LEASE_OVER, f"{after}")
    every_execution_ended_once(executor.engine)
    assert rows_of(executor, execution_id) == EMPTY_SHELVES
    soon(lambda: the_stream_holds_what_is_committed(executor))
    worker.terminate()
