"""A service on a NATS cluster of three, one of which dies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nats.errors
import pytest

from kpi_bus.errors import BusError
from kpi_contracts.streams import KPI_EVENTS
from kpi_testkit import Databases, eventually
from kpi_testkit.cluster import NatsCluster, nats_cluster
from tests.chaos.evidence import out_of_order, repeated, stored, streamed
from tests.chaos.house import KPIS
from tests.chaos.invariants import soon
from tests.chaos.single import Service, service

KPI_COUNT = 10
SENTENCE = "Show me all products in RBP GPU"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[NatsCluster]:
    with nats_cluster(tmp_path / "cluster") as cluster:
        yield cluster


@pytest.fixture
def definitions(databases: Databases, tmp_path: Path, cluster: NatsCluster) -> Iterator[Service]:
    with service("definitions", databases, tmp_path) as alone:
        settings = {"KPI_NATS_URL": cluster.url, "KPI_NATS_REPLICAS": "3"}
        yield replace(alone, environment={**alone.environment, **settings})


def create(definitions: Service, names: str) -> list[str]:
    """Create KPIs and return their addresses."""
    answers = [
        definitions.http.post(KPIS, json={"name": f"{names} {number}", "nl_definition": SENTENCE})
        for number in range(KPI_COUNT)
    ]
    assert {answer.status_code for answer in answers} == {201}
    return [f"{KPIS}/{answer.json()['kpi']['id']}" for answer in answers]


def delete(definitions: Service, kpis: list[str]) -> None:
    assert {definitions.http.delete(kpi).status_code for kpi in kpis} == {200}


def all_is_in_the_stream_once_and_in_order(definitions: Service, count: int) -> None:
    def check() -> None:
        try:
            found = streamed(definitions.nats_url)
        except (BusError, nats.errors.Error) as error:
            raise AssertionError("the stream has no leader yet") from error
        assert {event.id for event in found} == {event.id for event in stored(definitions.engine)}
        assert len(found) == count
        assert not repeated(found)
        assert not out_of_order(found)

    soon(check)


def test_a_worker_waits_for_a_cluster_that_has_no_leader(
    definitions: Service, cluster: NatsCluster
) -> None:
    for node in list(cluster.nodes.values())[1:]:
        node.kill()
    worker = definitions.processes.module(
        definitions.package, "worker", env=definitions.environment
    )
    eventually(lambda: "worker.streams_undeclared" in worker.log_tail(), 30)
    cluster.start()
    definitions.api()
    create(definitions, "Early")
    all_is_in_the_stream_once_and_in_order(definitions, KPI_COUNT)
    assert worker.is_running


def test_a_service_goes_on_without_the_leader_and_after_the_death_of_all(
    definitions: Service, cluster: NatsCluster
) -> None:
    worker = definitions.worker()
    definitions.api()
    early = create(definitions, "Early")
    all_is_in_the_stream_once_and_in_order(definitions, KPI_COUNT)
    cluster.leader(KPI_EVENTS.name).kill()
    delete(definitions, early)
    late = create(definitions, "Late")
    all_is_in_the_stream_once_and_in_order(definitions, 3 * KPI_COUNT)
    for node in cluster.nodes.values():
        node.kill()
    delete(definitions, late)
    cluster.start()
    all_is_in_the_stream_once_and_in_order(definitions, 4 * KPI_COUNT)
    assert worker.is_running
