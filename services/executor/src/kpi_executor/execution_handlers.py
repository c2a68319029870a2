"""The handlers of execution commands: load, decide, append."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import PinnedReading
from kpi_contracts.execution import ExecutionRejected, ExecutionRequested
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.unit_of_work import UnitOfWork
from kpi_executor import first_rows, lookups, queue, replica
from kpi_executor.commands import (
    CancelExecution,
    EndAttempt,
    RecoverLost,
    RejectCommand,
    RetryExecution,
    RunKpi,
    RunQuery,
    TakeExecutions,
)
from kpi_executor.errors import ExecutionNotFound
from kpi_executor.execution import Execution
from kpi_executor.executions import UNIQUE_COMMAND, execution_ids, executions
from kpi_executor.outcomes import Cancelled, Failure, Outcome, Success, TimedOut

FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=2)
LOST = Failure(
    error_type="worker_lost",
    message="the worker that ran the query is gone; the query was started again",
    transient=True,
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """An attempt that a worker has just taken."""

    execution_id: int
    attempt: int
    request: ExecutionRequested


def run_kpi(command: RunKpi, uow: UnitOfWork, context: Context) -> int:
    """Accept a run and return its execution's id; a known `command_id` gives the first one's.

    Raises:
        UnknownKpi, VersionNotReached, UnknownGraph: the command cannot be accepted.

    """
    known = _execution_of_command(uow, command.command_id)
    if known is not None:
        return known
    kpi = replica.find(uow.connection, command.kpi_id, command.kpi_version)
    graph = lookups.find_graph(uow.connection, command.parameters.kg_name)
    request = ExecutionRequested(
        kpi_id=kpi.id,
        kpi_version=kpi.version,
        kpi_name=kpi.name,
        nl_definition=kpi.nl_definition,
        sql=kpi.sql_definition,
        parameters=command.parameters,
        database_type=graph.database_type,
        origin=command.origin,
        command_id=command.command_id,
        pinned=_pinned_on(kpi, graph.name),
    )
    return _accept(uow, request, context)


def _pinned_on(kpi: replica.Kpi, kg_name: str) -> PinnedReading | None:
    return kpi.pinned if kpi.pinned is not None and kpi.pinned.kg_name == kg_name else None


def run_query(command: RunQuery, uow: UnitOfWork, context: Context) -> int:
    """Accept an ad-hoc query and return its execution's id; raises UnknownGraph."""
    known = _execution_of_command(uow, command.command_id)
    if known is not None:
        return known
    graph = lookups.find_graph(uow.connection, command.parameters.kg_name)
    request = ExecutionRequested(
        kpi_id=None,
        kpi_version=None,
        kpi_name=None,
        nl_definition=None,
        sql=command.sql,
        parameters=command.parameters,
        database_type=graph.database_type,
        origin="api",
        command_id=command.command_id,
        conversation_id=command.conversation_id,
    )
    return _accept(uow, request, context)


def retry(command: RetryExecution, uow: UnitOfWork, context: Context) -> int:
    """Accept a run of what an earlier execution ran; raises ExecutionNotFound."""
    known = _execution_of_command(uow, command.command_id)
    if known is not None:
        return known
    earlier = uow.load(Execution, command.execution_id)
    if earlier.request is None:
        raise ExecutionNotFound(command.execution_id)
    old = earlier.request
    request = ExecutionRequested(
        kpi_id=old.kpi_id,
        kpi_version=old.kpi_version,
        kpi_name=old.kpi_name,
        nl_definition=old.nl_definition,
        sql=old.sql,
        parameters=old.parameters,
        database_type=old.database_type,
        origin="retry",
        command_id=command.command_id,
        conversation_id=old.conversation_id,
        retry_of=command.execution_id,
        pinned=old.pinned,
    )
    return _accept(uow, request, context)


def reject(command: RejectCommand, uow: UnitOfWork, context: Context) -> int:
    """Record a refused command as an execution that failed; return its id."""
    known = _execution_of_command(uow, command.command_id)
    if known is not None:
        return known
    rejection = ExecutionRejected(
        kpi_id=command.kpi_id, reason=command.reason, command_id=command.command_id
    )
    execution = _new_execution(uow)
    return _first(uow, execution, execution.reject(rejection), context)


def cancel(command: CancelExecution, uow: UnitOfWork, context: Context) -> Execution:
    """Ask an execution to stop; raises ExecutionNotFound, ExecutionFinished."""
    queue.lock(uow.connection, command.execution_id)
    execution = uow.load(Execution, command.execution_id)
    uow.append(execution, execution.request_cancel(command.reason), context)
    return execution


def take(command: TakeExecutions, uow: UnitOfWork, context: Context) -> list[Assignment]:
    """Give a worker what is due; the rows are locked, so no other worker sees them."""
    assignments = []
    for execution_id in queue.due(uow.connection, command.limit):
        execution = uow.load(Execution, execution_id)
        uow.append(execution, execution.start(command.worker), context)
        if execution.request is not None:
            assignments.append(Assignment(execution_id, execution.attempt, execution.request))
    return assignments


def end_attempt(command: EndAttempt, uow: UnitOfWork, context: Context) -> Execution:
    """Record how an attempt ended; raises StaleAttempt, ExecutionFinished."""
    queue.lock(uow.connection, command.execution_id)
    execution = uow.load(Execution, command.execution_id)
    decision = _end(execution, command.attempt, command.outcome, context.time)
    uow.append(execution, decision, context)
    if isinstance(command.outcome, Success) and command.outcome.first_rows:
        first_rows.keep(uow.connection, command.execution_id, command.outcome.first_rows)
    return execution


def recover(command: RecoverLost, uow: UnitOfWork, context: Context) -> int:
    """Queue anew, or end, what was held by workers that are gone; return how many there were."""
    lost = queue.expired(uow.connection, command.limit)
    for lease in lost:
        execution = uow.load(Execution, lease.execution_id)
        outcome = Cancelled() if execution.cancel_requested else LOST
        decision = _end(execution, lease.attempt, outcome, context.time)
        uow.append(execution, decision, context)
    return len(lost)


def _end(
    execution: Execution, attempt: int, outcome: Outcome, now: datetime
) -> Sequence[DomainEvent]:
    match outcome:
        case Success():
            return execution.succeed(attempt, outcome)
        case Failure():
            return execution.fail(attempt, outcome, retry_at=now + pause_before_retry(attempt))
        case TimedOut():
            return execution.time_out(attempt, outcome)
        case Cancelled():
            return execution.cancel(attempt, outcome)


def pause_before_retry(attempt: int) -> timedelta:
    """Return the exponential pause after an attempt, with jitter (half to whole)."""
    longest: timedelta = min(FIRST_RETRY * 2 ** min(attempt - 1, 20), LONGEST_RETRY)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _accept(uow: UnitOfWork, request: ExecutionRequested, context: Context) -> int:
    execution = _new_execution(uow)
    return _first(uow, execution, execution.accept(request, context.time), context)


def _first(
    uow: UnitOfWork, execution: Execution, events: Sequence[DomainEvent], context: Context
) -> int:
    try:
        uow.append(execution, events, context)
    except sa.exc.IntegrityError as error:
        if UNIQUE_COMMAND not in str(error.orig):
            raise
        # The same command came twice at once; deciding anew finds the other one's execution.
        raise ConcurrencyConflict(execution.name, execution.id, 0) from error
    return int(execution.id)


def _new_execution(uow: UnitOfWork) -> Execution:
    return Execution(str(uow.connection.execute(sa.select(execution_ids.next_value())).scalar()))


def _execution_of_command(uow: UnitOfWork, command_id: object) -> int | None:
    if command_id is None:
        return None
    query = sa.select(executions.c.id).where(executions.c.command_id == command_id)
    return uow.connection.execute(query).scalar()
