"""An executor that lives alone: its KPIs are defined by events from nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kpi_contracts.envelope import Record
from kpi_testkit import Databases, builders, eventually
from tests.chaos.depot import EMPTY_SHELVES_SQL, GRAPH, depot
from tests.chaos.house import KPIS
from tests.chaos.single import Service, publish, service


@contextmanager
def lonely_executor(databases: Databases, folder: Path) -> Iterator[Service]:
    """Run the api of an executor that knows the depot; its workers are the test's to start."""
    with service("executor", databases, folder) as executor:
        executor.api()
        source = executor.http.post(
            "/sources", json={"name": GRAPH, "location": str(depot(folder))}
        )
        assert source.status_code == 201, source.text
        graph = {"name": GRAPH, "source_id": source.json()["source"]["id"]}
        assert executor.http.post("/kg", json=graph).status_code == 201
        yield executor


def definition(kpi_id: int) -> Record:
    """Return the event by which a cheap KPI is defined."""
    created = builders.definition_created(nl_definition=None, sql_definition=EMPTY_SHELVES_SQL)
    return builders.record(created, kpi_id)


def define(executor: Service, kpi_id: int) -> int:
    """Let the executor hear of a cheap KPI; return its id."""
    publish(executor.nats_url, [definition(kpi_id)])
    return kpi_id


def start_run(executor: Service, kpi_id: int) -> int:
    """Have a KPI run that its worker is about to hear of; return the execution's id."""
    body = {"kg_name": GRAPH, "kpi_version": 1}

    def accepted() -> int:
        answer = executor.http.post(f"{KPIS}/{kpi_id}/execute-async", json=body)
        assert answer.status_code == 202, answer.text
        return int(answer.json()["execution_id"])

    return eventually(accepted, 30, "the run is accepted")
