"""Runs through the client."""

from __future__ import annotations

import pytest

from kpi_client import Client, errors
from kpi_client.executions import succeeded
from kpi_client.models import Job

from .peer import Peer, problem

EXECUTE = "/v1/landing-kpi/kpis/1/execute"


@pytest.fixture(autouse=True)
def stored_kpi(peer: Peer) -> None:
    peer.add_kpi("Mismatch", version=3)


def test_execute_asks_for_the_version_the_client_last_saw(peer: Peer, client: Client) -> None:
    client.kpis.update(1, description="mine")
    client.executions.execute(1, {"kg_name": "demo"})
    (sent,) = peer.sent("POST", EXECUTE)
    assert sent.body == {"kg_name": "demo", "kpi_version": 4}


def test_execute_reads_the_version_of_a_kpi_it_never_saw(peer: Peer, client: Client) -> None:
    client.executions.execute(1)
    assert peer.sent("POST", EXECUTE)[0].body == {"kpi_version": 3}


def test_execute_goes_on_without_a_version_when_definitions_is_away(
    peer: Peer, client: Client
) -> None:
    peer.faults.extend([problem(503, "definitions is away")] * 4)
    assert succeeded(client.executions.execute(1))
    assert "kpi_version" not in peer.sent("POST", EXECUTE)[0].body


def test_a_lost_answer_does_not_run_a_kpi_twice(peer: Peer, client: Client) -> None:
    client.kpis.get(1)
    peer.faults.append("drop")
    client.executions.execute(1)
    assert len({r.headers["idempotency-key"] for r in peer.sent("POST", EXECUTE)}) == 1


def test_a_failed_run_is_an_answer_not_an_exception(peer: Peer, client: Client) -> None:
    peer.outcome = "failed"
    execution = client.executions.execute(1)
    assert not succeeded(execution)
    assert execution["error_message"] == "Unable to find join columns"


@pytest.mark.parametrize("outcome", ["success", "failed", "timeout", "cancelled"])
def test_run_follows_the_job_to_its_end(peer: Peer, client: Client, outcome: str) -> None:
    peer.outcome = outcome
    seen: list[str] = []
    execution = client.executions.run(1, on_progress=lambda job: seen.append(job["status"]))
    assert seen == ["queued", "running", outcome]
    assert execution["execution_status"] == outcome


def test_a_service_that_restarts_does_not_end_the_wait(peer: Peer, client: Client) -> None:
    job = client.executions.execute_async(1)
    peer.faults.extend([problem(503, "restarting")] * 5)
    assert succeeded(client.executions.wait(job))


def test_patience_that_ends_says_that_the_run_goes_on(peer: Peer, client: Client) -> None:
    peer.states = ["running"] * 50
    job = client.executions.execute_async(1)
    with pytest.raises(errors.StillRunning, match="still running") as caught:
        client.executions.wait(job, timeout=0.2)
    assert caught.value.job_id == "job-1"


def test_a_job_that_ended_without_a_result_is_read_as_an_execution(
    peer: Peer, client: Client
) -> None:
    peer.outcome = "failed"
    accepted: list[Job] = []
    client.executions.run(1, on_accepted=accepted.append)
    peer.outcome, peer.jobs["job-1"] = "success", iter(["failed"])
    assert client.executions.wait(accepted[0])["id"] == 101


def test_past_runs_are_listed_for_one_kpi_or_all(peer: Peer, client: Client) -> None:
    assert client.executions.list(1, status="failed")["total"] == 7
    client.executions.list()
    paths = [request.path for request in peer.requests]
    assert paths == ["/v1/landing-kpi/kpis/1/executions", "/v1/landing-kpi/executions"]
