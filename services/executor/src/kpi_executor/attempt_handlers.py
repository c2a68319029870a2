"""The handlers of commands by which workers take executions, end them and recover lost ones."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.execution import ExecutionRequested
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.unit_of_work import Change, UnitOfWork
from kpi_executor import first_rows, queue
from kpi_executor.commands import AttemptEnd, ExchangeAttempts, RecoverLost
from kpi_executor.errors import ExecutionFinished, StaleAttempt
from kpi_executor.execution import Execution, Status
from kpi_executor.outcomes import Cancelled, Failure, Outcome, Success, TimedOut

FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=2)
LOST = Failure(
    error_type="worker_lost",
    message="the worker that ran the query is gone; the query was started again",
    transient=True,
)

_NO_FAULT_OF_THE_QUERY = frozenset({LOST.error_type, "worker_stopped", "interrupted"})

Decision = tuple[Execution, Sequence[DomainEvent]]


@dataclass(frozen=True, slots=True)
class Assignment:
    """An attempt that a worker has just taken."""

    execution_id: int
    attempt: int
    request: ExecutionRequested


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What a worker gets for what it handed in.

    `ended` tells where the executions stand now; `superseded`, why some attempts did not count.
    """

    ended: Sequence[Status]
    superseded: Sequence[StaleAttempt | ExecutionFinished]
    taken: Sequence[Assignment]


def exchange(command: ExchangeAttempts, uow: UnitOfWork, context: Context) -> Exchanged:
    """Record how attempts ended and give the worker what is due, which is locked against others."""
    ending = [end.execution_id for end in command.ended]
    if ending:
        queue.claim(uow.connection, ending)
    due = queue.due(uow.connection, command.limit) if command.limit else []
    if not ending and not due:
        return Exchanged([], [], [])
    found = {int(each.id): each for each in uow.load_all(Execution, [*ending, *due])}
    ended, superseded = _ended(uow, command.ended, found, context.time)
    started = [(found[number], found[number].start(command.worker)) for number in due]
    uow.append_all([Change(execution, events, context) for execution, events in ended + started])
    return Exchanged(
        ended=[execution.status for execution, _ in ended],
        superseded=superseded,
        taken=[assignment for taken, _ in started if (assignment := _assignment(taken))],
    )


def recover(command: RecoverLost, uow: UnitOfWork, context: Context) -> int:
    """Queue anew, or end, what was held by workers that are gone; return how many there were."""
    lost = queue.expired(uow.connection, command.limit)
    for lease in lost:
        execution = uow.load(Execution, lease.execution_id)
        outcome = Cancelled() if execution.cancel_requested else LOST
        decision = _end(execution, lease.attempt, outcome, context.time)
        uow.append(execution, decision, context)
    return len(lost)


def pause_before_retry(attempt: int) -> timedelta:
    """Return the exponential pause after an attempt, with jitter (half to whole)."""
    longest: timedelta = min(FIRST_RETRY * 2 ** min(attempt - 1, 20), LONGEST_RETRY)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _ended(
    uow: UnitOfWork, ends: Sequence[AttemptEnd], found: Mapping[int, Execution], now: datetime
) -> tuple[list[Decision], list[StaleAttempt | ExecutionFinished]]:
    decisions: list[Decision] = []
    superseded: list[StaleAttempt | ExecutionFinished] = []
    for end in ends:
        execution = found[end.execution_id]
        try:
            decisions.append((execution, _end(execution, end.attempt, end.outcome, now)))
        except (StaleAttempt, ExecutionFinished) as error:
            superseded.append(error)
            continue
        if isinstance(end.outcome, Success) and end.outcome.first_rows:
            first_rows.keep(uow.connection, end.execution_id, end.outcome.first_rows)
    return decisions, superseded


def _end(
    execution: Execution, attempt: int, outcome: Outcome, now: datetime
) -> Sequence[DomainEvent]:
    match outcome:
        case Success():
            return execution.succeed(attempt, outcome)
        case Failure() if execution.cancel_requested and (
            outcome.error_type in _NO_FAULT_OF_THE_QUERY
        ):
            ended = Cancelled(sql=outcome.sql, plan=outcome.plan, elapsed_ms=outcome.elapsed_ms)
            return execution.cancel(attempt, ended)
        case Failure():
            return execution.fail(attempt, outcome, retry_at=now + pause_before_retry(attempt))
        case TimedOut():
            return execution.time_out(attempt, outcome)
        case Cancelled() if execution.cancel_requested:
            return execution.cancel(attempt, outcome)
        case Cancelled():
            # Its worker took it for lost and stopped it; nobody else wanted that.
            return _end(execution, attempt, LOST, now)


def _assignment(execution: Execution) -> Assignment | None:
    if execution.request is None:
        return None
    return Assignment(int(execution.id), execution.attempt, execution.request)
