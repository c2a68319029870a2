"""The execution: one run of a query, over one or more attempts, with exactly one end.

pending → queued → running → success | failed | timeout | cancelled; an attempt that failed in a
way that may pass goes back to queued. A worker takes an execution by appending `started`; the
attempt number in it is the fence: only the holder of the newest attempt can end the execution.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import singledispatchmethod
from typing import ClassVar

from kpi_contracts import execution as contract
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.execution import (
    ExecutionAttemptFailed,
    ExecutionCancelled,
    ExecutionCancelRequested,
    ExecutionFailed,
    ExecutionQueued,
    ExecutionRejected,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
)
from kpi_eventsourcing.aggregate import Aggregate
from kpi_executor.errors import ExecutionFinished, ExecutionNotFound, NotQueued, StaleAttempt
from kpi_executor.outcomes import Cancelled, Failure, Success, TimedOut


class Status(StrEnum):
    """Where an execution stands; the values are those of the REST shape."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self in FINAL


FINAL = frozenset({Status.SUCCESS, Status.FAILED, Status.TIMEOUT, Status.CANCELLED})


class Execution(Aggregate):
    """The state machine; `attempt` counts the attempts started so far."""

    name: ClassVar[str] = contract.AGGREGATE

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.status = Status.PENDING
        self.attempt = 0
        self.cancel_requested = False
        self.request: ExecutionRequested | None = None

    def accept(self, request: ExecutionRequested, now: datetime) -> Sequence[DomainEvent]:
        """Decide to take on a command: it is queued at once."""
        return [request, ExecutionQueued(attempt=1, not_before=now)]

    def reject(self, rejection: ExecutionRejected) -> Sequence[DomainEvent]:
        """Decide to record a command that cannot be accepted."""
        return [rejection]

    def start(self, worker: str) -> Sequence[DomainEvent]:
        """Decide that a worker takes the execution; raises NotQueued."""
        if self.status is not Status.QUEUED:
            raise NotQueued(self.id, self.status)
        return [ExecutionStarted(attempt=self.attempt + 1, worker=worker)]

    def succeed(self, attempt: int, outcome: Success) -> Sequence[DomainEvent]:
        """Decide that the attempt's rows are the result; raises StaleAttempt, ExecutionFinished."""
        self._require_holder(attempt)
        return [
            ExecutionSucceeded(
                attempt=attempt,
                sql=outcome.sql,
                plan=outcome.plan,
                manifest=outcome.manifest,
                execution_time_ms=outcome.elapsed_ms,
                graph_version=outcome.graph_version,
                limit_reached=outcome.manifest.rows == self._limit,
            )
        ]

    def fail(self, attempt: int, outcome: Failure, retry_at: datetime) -> Sequence[DomainEvent]:
        """Decide between another attempt at `retry_at` and the end.

        Raises:
            StaleAttempt: a newer attempt holds the execution.
            ExecutionFinished: it has ended already.

        """
        self._require_holder(attempt)
        if outcome.transient and self._may_retry():
            return [
                ExecutionAttemptFailed(
                    attempt=attempt,
                    error_type=outcome.error_type,
                    error_message=outcome.message,
                    retry_at=retry_at,
                ),
                ExecutionQueued(attempt=attempt + 1, not_before=retry_at),
            ]
        return [
            ExecutionFailed(
                attempt=attempt,
                error_type=outcome.error_type,
                error_message=outcome.message,
                sql=outcome.sql,
                plan=outcome.plan,
                execution_time_ms=outcome.elapsed_ms,
            )
        ]

    def time_out(self, attempt: int, outcome: TimedOut) -> Sequence[DomainEvent]:
        """Decide that the attempt took too long; raises StaleAttempt, ExecutionFinished."""
        self._require_holder(attempt)
        return [
            ExecutionTimedOut(
                attempt=attempt,
                timeout_seconds=outcome.timeout_seconds,
                error_message=outcome.message,
                sql=outcome.sql,
                plan=outcome.plan,
                execution_time_ms=outcome.elapsed_ms,
            )
        ]

    def request_cancel(self, reason: str | None) -> Sequence[DomainEvent]:
        """Decide to stop: at once while it waits, by its worker while it runs.

        Raises:
            ExecutionNotFound: there is none.
            ExecutionFinished: it has ended already.

        """
        self._require_unfinished()
        if self.cancel_requested:
            return []
        asked = ExecutionCancelRequested(reason=reason)
        if self.status is Status.RUNNING:
            return [asked]
        return [asked, ExecutionCancelled(attempt=None)]

    def cancel(self, attempt: int, outcome: Cancelled) -> Sequence[DomainEvent]:
        """Decide that the running attempt was stopped; raises StaleAttempt, ExecutionFinished."""
        self._require_holder(attempt)
        return [
            ExecutionCancelled(
                attempt=attempt,
                sql=outcome.sql,
                plan=outcome.plan,
                execution_time_ms=outcome.elapsed_ms,
            )
        ]

    @property
    def _limit(self) -> int | None:
        return self.request.parameters.limit_records if self.request else None

    def _may_retry(self) -> bool:
        allowed = self.request.parameters.max_attempts if self.request else 1
        return self.attempt < allowed and not self.cancel_requested

    def _require_unfinished(self) -> None:
        if self.version == 0:
            raise ExecutionNotFound(self.id)
        if self.status.is_final:
            raise ExecutionFinished(self.id, self.status)

    def _require_holder(self, attempt: int) -> None:
        self._require_unfinished()
        if self.status is not Status.RUNNING or attempt != self.attempt:
            raise StaleAttempt(self.id, attempt, self.attempt)

    @singledispatchmethod
    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""
        raise TypeError(f"an execution knows no {type(event).__name__}")

    @apply.register
    def _requested(self, event: ExecutionRequested) -> None:
        self.request = event

    @apply.register
    def _queued(self, _: ExecutionQueued) -> None:
        self.status = Status.QUEUED

    @apply.register
    def _started(self, event: ExecutionStarted) -> None:
        self.status = Status.RUNNING
        self.attempt = event.attempt

    @apply.register
    def _attempt_failed(self, _: ExecutionAttemptFailed) -> None:
        self.status = Status.PENDING

    @apply.register
    def _cancel_requested(self, _: ExecutionCancelRequested) -> None:
        self.cancel_requested = True

    @apply.register
    def _succeeded(self, _: ExecutionSucceeded) -> None:
        self.status = Status.SUCCESS

    @apply.register
    def _failed(self, _: ExecutionFailed | ExecutionRejected) -> None:
        self.status = Status.FAILED

    @apply.register
    def _timed_out(self, _: ExecutionTimedOut) -> None:
        self.status = Status.TIMEOUT

    @apply.register
    def _cancelled(self, _: ExecutionCancelled) -> None:
        self.status = Status.CANCELLED
