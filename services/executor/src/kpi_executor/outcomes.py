"""How an attempt ended, as its worker tells the aggregate. Times are milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kpi_contracts.execution import Manifest, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What every end knows: the SQL and its reading, as far as the attempt got."""

    sql: str | None = None
    plan: Plan | None = None
    elapsed_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """The rows lie in the object store."""

    sql: str
    plan: Plan
    manifest: Manifest
    elapsed_ms: float
    graph_version: int | None = None
    first_rows: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure(Ended):
    """The attempt failed; `transient` says whether another one may fare better."""

    error_type: str
    message: str
    transient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut(Ended):
    """The query was stopped at its time limit."""

    timeout_seconds: float

    @property
    def message(self) -> str:
        """What to tell the user."""
        return (
            f"the query ran longer than {self.timeout_seconds:g} s and was stopped; narrow the "
            "question or raise timeout_seconds"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Ended):
    """The query was stopped on request."""


Outcome = Success | Failure | TimedOut | Cancelled
