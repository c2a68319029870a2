"""The execution's state machine: one holder at a time, exactly one end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.execution import (
    ExecutionAttemptFailed,
    ExecutionCancelled,
    ExecutionCancelRequested,
    ExecutionFailed,
    ExecutionParameters,
    ExecutionQueued,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
    Manifest,
    Plan,
)
from kpi_executor.attempt_handlers import LONGEST_RETRY, pause_before_retry
from kpi_executor.errors import ExecutionFinished, ExecutionNotFound, NotQueued, StaleAttempt
from kpi_executor.execution import Execution, Status
from kpi_executor.outcomes import Cancelled, Failure, Success, TimedOut

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
REQUEST = ExecutionRequested(
    kpi_id=1,
    kpi_version=1,
    kpi_name="Mismatch",
    nl_definition="products in A which are not in B",
    sql=None,
    parameters=ExecutionParameters(kg_name="demo", max_attempts=2),
    database_type="sqlite",
    origin="api",
)
DONE = Success(sql="SELECT 1", plan=Plan(), manifest=Manifest((), 0, 0, ()), elapsed_ms=1.0)
BROKEN = Failure(error_type="source_error", message="no such table")
AWAY = Failure(error_type="source_error", message="connection refused", transient=True)


def happen(execution: Execution, events: list[DomainEvent]) -> Execution:
    for event in events:
        execution.apply(event)
        execution.version += 1
    return execution


@pytest.fixture
def queued() -> Execution:
    execution = Execution("1")
    return happen(execution, list(execution.accept(REQUEST, NOW)))


@pytest.fixture
def running(queued: Execution) -> Execution:
    return happen(queued, list(queued.start("worker")))


def test_an_accepted_command_waits_for_a_worker(queued: Execution) -> None:
    assert (queued.status, queued.attempt) == (Status.QUEUED, 0)


def test_a_worker_takes_it_by_starting_the_next_attempt(queued: Execution) -> None:
    assert queued.start("worker") == [ExecutionStarted(attempt=1, worker="worker")]


def test_nobody_can_take_what_somebody_holds(running: Execution) -> None:
    with pytest.raises(NotQueued):
        running.start("another")


def test_success_ends_it(running: Execution) -> None:
    (event,) = running.succeed(1, DONE)
    assert isinstance(event, ExecutionSucceeded)
    assert happen(running, [event]).status is Status.SUCCESS


def test_a_permanent_failure_ends_it_at_once(running: Execution) -> None:
    (event,) = running.fail(1, BROKEN, LATER)
    assert isinstance(event, ExecutionFailed)
    assert happen(running, [event]).status is Status.FAILED


def test_a_transient_failure_queues_it_for_later(running: Execution) -> None:
    failed, queued = running.fail(1, AWAY, LATER)
    assert isinstance(failed, ExecutionAttemptFailed)
    assert queued == ExecutionQueued(attempt=2, not_before=LATER)
    assert happen(running, [failed, queued]).status is Status.QUEUED


def test_the_last_attempt_fails_for_good(running: Execution) -> None:
    happen(running, list(running.fail(1, AWAY, LATER)))
    happen(running, list(running.start("worker")))
    (event,) = running.fail(2, AWAY, LATER)
    assert isinstance(event, ExecutionFailed)


def test_a_timeout_ends_it(running: Execution) -> None:
    (event,) = running.time_out(1, TimedOut(timeout_seconds=5))
    assert isinstance(event, ExecutionTimedOut)
    assert "5 s" in event.error_message
    assert happen(running, [event]).status is Status.TIMEOUT


def test_an_earlier_attempt_cannot_end_it(running: Execution) -> None:
    happen(running, list(running.fail(1, AWAY, LATER)))
    happen(running, list(running.start("worker")))
    with pytest.raises(StaleAttempt):
        running.succeed(1, DONE)


def test_a_cancelled_one_that_waits_ends_at_once(queued: Execution) -> None:
    events = list(queued.request_cancel("why not"))
    assert [type(event) for event in events] == [ExecutionCancelRequested, ExecutionCancelled]
    assert happen(queued, events).status is Status.CANCELLED


def test_a_cancelled_one_that_runs_is_ended_by_its_worker(running: Execution) -> None:
    happen(running, list(running.request_cancel(None)))
    assert running.status is Status.RUNNING
    assert running.request_cancel(None) == []
    assert happen(running, list(running.cancel(1, Cancelled()))).status is Status.CANCELLED


def test_a_cancelled_one_is_not_tried_again(running: Execution) -> None:
    happen(running, list(running.request_cancel(None)))
    (event,) = running.fail(1, AWAY, LATER)
    assert isinstance(event, ExecutionFailed)


def test_what_never_was_cannot_be_cancelled() -> None:
    with pytest.raises(ExecutionNotFound):
        Execution("1").request_cancel(None)


def test_pauses_grow_and_are_bounded() -> None:
    for attempt in range(1, 40):
        assert timedelta() < pause_before_retry(attempt) <= LONGEST_RETRY


STEPS = st.sampled_from(["start", "succeed", "fail", "away", "time out", "cancel", "stop"])


@given(steps=st.lists(STEPS, max_size=20), stale=st.booleans())
def test_there_is_exactly_one_end_whatever_happens(steps: list[str], stale: bool) -> None:
    execution = Execution("1")
    happen(execution, list(execution.accept(REQUEST, NOW)))
    ends = 0
    for step in steps:
        attempt = execution.attempt - 1 if stale else execution.attempt
        try:
            events = list(_decide(execution, step, attempt))
        except (NotQueued, StaleAttempt, ExecutionFinished):
            continue
        before = execution.status.is_final
        happen(execution, events)
        ends += execution.status.is_final and not before
        assert not before, "nothing happens after the end"
    assert ends == execution.status.is_final


def _decide(execution: Execution, step: str, attempt: int) -> list[DomainEvent]:
    decisions = {
        "start": lambda: execution.start("worker"),
        "succeed": lambda: execution.succeed(attempt, DONE),
        "fail": lambda: execution.fail(attempt, BROKEN, LATER),
        "away": lambda: execution.fail(attempt, AWAY, LATER),
        "time out": lambda: execution.time_out(attempt, TimedOut(timeout_seconds=1)),
        "cancel": lambda: execution.request_cancel(None),
        "stop": lambda: execution.cancel(attempt, Cancelled()),
    }
    return list(decisions[step]())
