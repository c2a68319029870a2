"""What can be done to a result, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kpi_contracts.result import ExpiryReason, ResultCompared, ResultExported, ResultViewed
from kpi_eventsourcing.context import Context
from kpi_results.rules import Limits

Reading: TypeAlias = ResultViewed | ResultExported


@dataclass(frozen=True, slots=True)
class RecordReadings:
    """Put on record who saw rows or took them away, each in the name of its own context."""

    readings: Sequence[tuple[Reading, Context]]


@dataclass(frozen=True, slots=True)
class RecordDifference:
    """Put on record how a result differs from the run before it."""

    outcome: ResultCompared


@dataclass(frozen=True, slots=True)
class ReportDamage:
    """Report a part that does not match its manifest."""

    execution_id: int
    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportRepair:
    """Report that a part matches its manifest."""

    execution_id: int
    part: str


@dataclass(frozen=True, slots=True)
class ExpireResult:
    """Give the rows of a result up."""

    execution_id: int
    reason: ExpiryReason


@dataclass(frozen=True, slots=True)
class SetRetention:
    """Say up to what a KPI's rows are kept."""

    kpi_id: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class RemoveRetention:
    """Leave it to the service's settings up to what a KPI's rows are kept."""

    kpi_id: int


@dataclass(frozen=True, slots=True)
class AssignBreak:
    """Say who is to see to a break (nobody: None) and why."""

    kpi_id: int
    break_id: str
    assignee: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class CommentBreak:
    """Say something about a break."""

    kpi_id: int
    break_id: str
    comment: str
