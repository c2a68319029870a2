"""The executor's worker killed between a query's end and what follows from it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi_contracts.execution import ExecutionSucceeded
from kpi_testkit import crashed, eventually
from tests.chaos.depot import EMPTY_SHELVES
from tests.chaos.evidence import envelopes, stored, streamed
from tests.chaos.executor import define, start_run
from tests.chaos.invariants import every_execution_ended_once, soon
from tests.chaos.single import Service

LEASE_OVER = 30.0  # seconds: the lease of a killed worker (10), its discovery and a start
TAKEN = ["requested", "queued", "started"]
AGAIN = ["attempt_failed", "queued", "started"]


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
    execution_id = start_run(executor, define(executor, kpi_id))
    assert crashed(doomed)
    assert history(executor, execution_id) == before

    worker = executor.worker()

    eventually(lambda: history(executor, execution_id) == after, LEASE_OVER, f"{after}")
    every_execution_ended_once(executor.engine)
    assert rows_of(executor, execution_id) == EMPTY_SHELVES
    soon(lambda: the_stream_holds_what_is_committed(executor))
    worker.terminate()
