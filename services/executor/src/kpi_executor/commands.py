"""What can be asked of the executor, from outside and by its own workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kpi_contracts.execution import ExecutionParameters, Origin
from kpi_eventsourcing.context import Context
from kpi_executor.outcomes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKpi:
    """Run a KPI. The same `command_id` twice is one execution."""

    kpi_id: int
    parameters: ExecutionParameters
    origin: Origin
    kpi_version: int | None = None
    command_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RunKpis:
    """Run several KPIs, each in its own context. All are accepted, or none is."""

    runs: Sequence[tuple[RunKpi, Context]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunQuery:
    """Run one ad-hoc query of the user's own."""

    sql: str
    parameters: ExecutionParameters
    conversation_id: str | None = None
    command_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryExecution:
    """Run again what an earlier execution ran, as it was then."""

    execution_id: int
    command_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectCommand:
    """Record that a command from the bus cannot be accepted."""

    kpi_id: int | None
    reason: str
    command_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelExecution:
    """Stop an execution."""

    execution_id: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnd:
    """How an attempt ended."""

    execution_id: int
    attempt: int
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeAttempts:
    """A worker tells how attempts ended and takes what is due, at most `limit`."""

    worker: str
    ended: Sequence[AttemptEnd]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverLost:
    """Queue anew what workers held that are gone, at most `limit`."""

    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSource:
    """Make a data source known; `secret` is kept encrypted and never shown."""

    name: str
    kind: str
    location: str
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSource:
    """Change a data source."""

    source_id: int
    values: dict[str, str] = field(default_factory=dict)
    secret: str | None = None
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSource:
    """Take a data source out of use."""

    source_id: int
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRuleset:
    """Write a ruleset, in the place of one of the same name."""

    name: str
    rules: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepGraph:
    """Store a graph that was read from a source, as a new version if it differs."""

    name: str
    source_id: int
    content: dict[str, Any]
