"""Events of an execution: one run of a KPI or of an ad-hoc query, over one or more attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from kpi_contracts.catalogue import DomainEvent, event
from kpi_contracts.definition import PinnedReading

AGGREGATE = "execution"

Origin = Literal["api", "bus", "schedule", "retry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionParameters:
    """What the caller chooses for a run.

    `limit_records` caps rows (never what a count counts); `timeout_seconds` bounds one attempt.
    """

    kg_name: str
    select_schema: str | None = None
    ruleset_name: str | None = None
    db_type: str | None = None
    limit_records: int | None = 1000
    use_llm: bool = True
    excluded_fields: tuple[str, ...] = ()
    timeout_seconds: float = 300.0
    max_attempts: int = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of a result; `sha256` is hexadecimal over its bytes."""

    key: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A result's column: the name the query gave it and its Arrow type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts that make up a result, in row order. In the files, column i is named `c<i>`."""

    parts: tuple[Part, ...]
    rows: int
    bytes: int
    columns: tuple[ColumnType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the sentence was read; the names are those of the execution's REST shape.

    The last four tell where the reading came from: the version of the rules, the language model
    and the SHA-256 of its prompt where one was asked, and what there is to say about that.
    """

    sql_query_type: str | None = None
    operation: str | None = None
    joined_columns: tuple[tuple[str, ...], ...] = ()
    source_table: str | None = None
    target_table: str | None = None
    confidence_score: float | None = None
    explanation: str | None = None
    engine_version: str | None = None
    model: str | None = None
    prompt_sha256: str | None = None
    remark: str | None = None


@event(AGGREGATE, "requested")
class ExecutionRequested(DomainEvent):
    """A command to run a KPI (or, without `kpi_id`, the query `sql`) was accepted."""

    kpi_id: int | None
    kpi_version: int | None
    kpi_name: str | None
    nl_definition: str | None
    sql: str | None
    parameters: ExecutionParameters
    database_type: str | None
    origin: Origin
    command_id: UUID | None = None
    conversation_id: str | None = None
    retry_of: int | None = None
    pinned: PinnedReading | None = None


@event(AGGREGATE, "queued")
class ExecutionQueued(DomainEvent):
    """The execution waits for a worker, not before the given time."""

    attempt: int
    not_before: datetime


@event(AGGREGATE, "started")
class ExecutionStarted(DomainEvent):
    """A worker took the execution; this attempt number is its fence."""

    attempt: int
    worker: str


@event(AGGREGATE, "attempt_failed")
class ExecutionAttemptFailed(DomainEvent):
    """An attempt failed in a way that may pass; the next one is due at `retry_at`."""

    attempt: int
    error_type: str
    error_message: str
    retry_at: datetime


@event(AGGREGATE, "cancel_requested")
class ExecutionCancelRequested(DomainEvent):
    """Somebody asked to stop the execution."""

    reason: str | None = None


@event(AGGREGATE, "succeeded")
class ExecutionSucceeded(DomainEvent):
    """The rows are stored; the manifest makes them visible.

    With `limit_reached` there are as many rows as `limit_records` allows, and maybe more behind.
    """

    attempt: int
    sql: str
    plan: Plan
    manifest: Manifest
    execution_time_ms: float
    graph_version: int | None = None
    limit_reached: bool = False


@event(AGGREGATE, "failed")
class ExecutionFailed(DomainEvent):
    """The execution ended without a result; the message says what to do."""

    attempt: int | None
    error_type: str
    error_message: str
    sql: str | None = None
    plan: Plan | None = None
    execution_time_ms: float | None = None


@event(AGGREGATE, "timed_out")
class ExecutionTimedOut(DomainEvent):
    """The query ran longer than allowed and was stopped."""

    attempt: int
    timeout_seconds: float
    error_message: str
    sql: str | None = None
    plan: Plan | None = None
    execution_time_ms: float | None = None


@event(AGGREGATE, "cancelled")
class ExecutionCancelled(DomainEvent):
    """The execution was stopped on request."""

    attempt: int | None
    sql: str | None = None
    plan: Plan | None = None
    execution_time_ms: float | None = None


@event(AGGREGATE, "rejected")
class ExecutionRejected(DomainEvent):
    """A command from the bus could not be accepted; nothing was run."""

    kpi_id: int | None
    reason: str
    command_id: UUID | None = None
