"""The index equals its rebuild from the stream, and a killed worker loses and doubles nothing."""

import json
from dataclasses import replace
from functools import partial

import httpx
import pyarrow as pa
import sqlalchemy as sa

from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import AGGREGATE, ExecutionCancelled, ExecutionTimedOut
from kpi_eventsourcing.errors import RebuildMismatch
from kpi_eventsourcing.rebuild import Rebuild
from kpi_eventsourcing.schema import events
from kpi_eventsourcing.store import EventStore
from kpi_results import index, shelf
from kpi_testkit.eventually import eventually
from tests.integration.results.runs import Runs, begun
from tests.integration.results.stack import Stack
from tests.integration.results.stream import everything_about

TABLE = pa.table({"sku": ["A", "B"]})


def test_the_index_equals_its_rebuild_from_the_stream(
    runs: Runs, stack: Stack, viewer: httpx.Client
) -> None:
    kpi_id = runs.kpi()
    for _ in range(3):
        runs.succeeded(TABLE, kpi_id=kpi_id)
    late = ExecutionTimedOut(attempt=1, timeout_seconds=1, error_message="too slow")
    for end in (late, ExecutionCancelled(attempt=None)):
        last = runs.new_id()
        runs.publish(AGGREGATE, last, [*begun(kpi_id), end])
    assert viewer.get(f"/executions/{last}").json()["execution"]["execution_status"] == "cancelled"

    rebuild = Rebuild(stack.engine, index.TABLES, index.project)
    assert rebuild.run(everything_about(runs.nats_url, index.SUBJECTS)) > 18
    rebuild.verify()
    rebuild.discard()


def test_what_became_of_results_equals_its_rebuild_from_their_events(
    runs: Runs, stack: Stack, viewer: httpx.Client
) -> None:
    execution_id = runs.succeeded(TABLE, kpi_id=runs.kpi())
    assert viewer.get(f"/executions/{execution_id}/export/csv").status_code == 200
    history = f"/executions/{execution_id}"
    eventually(lambda: viewer.get(history).json()["execution"]["difference"], 20, "it is compared")

    # Results of earlier tests may still be compared meanwhile: then the next rebuild is equal.
    rebuild = Rebuild(stack.engine, shelf.TABLES, shelf.project)
    eventually(lambda: equals(rebuild), 20, "the rebuild is equal")
    rebuild.discard()


def equals(rebuild: Rebuild[Envelope]) -> bool:
    with rebuild.engine.connect() as connection:
        rebuild.run(EventStore(connection).replay())
    try:
        rebuild.verify()
    except RebuildMismatch:
        return False
    return True


def test_a_worker_killed_while_projecting_takes_in_each_event_once(
    runs: Runs, stack: Stack, viewer: httpx.Client
) -> None:
    kpi_id = runs.kpi()
    hasty = replace(runs, taken_in=lambda: None)
    stack.worker.kill()
    first = hasty.succeeded(TABLE, kpi_id=kpi_id)
    stack.worker.start()
    second = hasty.succeeded(TABLE, kpi_id=kpi_id)
    stack.worker.kill()
    stack.worker.start()

    for execution_id in (first, second):
        path = f"/executions/{execution_id}/drilldown"
        assert eventually(partial(is_shown, viewer, path), 30, "rows are shown")
        assert verbs(stack, execution_id).count("stored") == 1


def is_shown(viewer: httpx.Client, path: str) -> bool:
    return viewer.get(path).status_code == 200


def verbs(stack: Stack, execution_id: int) -> list[str]:
    query = sa.select(events.c.type).where(events.c.aggregate_id == str(execution_id))
    with stack.engine.connect() as connection:
        return [row.type.split(".")[-2] for row in connection.execute(query)]


def test_its_events_reach_the_stream(runs: Runs, stack: Stack, viewer: httpx.Client) -> None:
    execution_id = runs.succeeded(TABLE)
    viewer.get(f"/executions/{execution_id}/drilldown")
    subjects = (f"kpi.evt.result.{execution_id}.>",)

    def told() -> set[str]:
        return {type(event.data).__name__ for event in everything_about(runs.nats_url, subjects)}

    eventually(lambda: told() >= {"ResultStored", "ResultViewed"}, 20, "they are published")


def test_the_document_describes_every_operation(stack: Stack) -> None:
    document = httpx.get(f"{stack.url}/openapi.json").json()
    paths = {path for path in document["paths"] if path.startswith("/v1/")}
    assert paths >= {
        "/v1/landing-kpi/executions",
        "/v1/landing-kpi/executions/{execution_id}",
        "/v1/landing-kpi/executions/{execution_id}/drilldown",
        "/v1/landing-kpi/executions/{execution_id}/export/{format_name}",
        "/v1/landing-kpi/kpis/{kpi_id}/executions",
        "/v1/landing-kpi/compare-executions",
    }
    assert "$ref" in json.dumps(document)
