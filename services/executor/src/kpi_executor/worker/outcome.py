"""From whatever ended an attempt to the outcome that its execution records."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import structlog

from kpi_bus.errors import is_transient
from kpi_executor import query
from kpi_executor.errors import CommandRefused, SourceNotFound
from kpi_executor.guard import UnsafeQuery
from kpi_executor.outcomes import Cancelled, Failure, Outcome, Success, TimedOut
from kpi_executor.planning import NotUnderstood, Planned, UnknownRuleset, UnknownSchema
from kpi_executor.query import QueryOutcome
from kpi_executor.ruleset_fit import UnfitRuleset
from kpi_executor.secrets import SecretUnreadable
from kpi_executor.sources import SourceError

log = structlog.get_logger(__name__)

FOR_THE_USER: dict[type[Exception], str] = {
    NotUnderstood: "not_understood",
    UnsafeQuery: "unsafe_query",
    UnknownSchema: "unknown_schema",
    UnknownRuleset: "unknown_ruleset",
    UnfitRuleset: "unfit_ruleset",
    CommandRefused: "unknown_graph",
    SourceNotFound: "source_removed",
    SecretUnreadable: "secret_unreadable",
    query.OutOfMemory: "out_of_memory",
    query.ResultTooLarge: "result_too_large",
    query.StoreFailed: "store_failed",
    query.Crashed: "query_crashed",
    SourceError: "source_error",
}

INTERRUPTED = Failure(
    error_type="interrupted",
    message="the executor's own database was away; the query is tried again",
    transient=True,
)


@dataclass(slots=True)
class Progress:
    """How far an attempt got; it ends in exactly one outcome."""

    timeout_seconds: float
    started: float
    planned: Planned | None = None

    def succeeded(self, outcome: QueryOutcome) -> Success:
        """Return the outcome of a query that ran to its end."""
        assert self.planned is not None, "a query runs only when it is planned"
        return Success(
            sql=self.planned.sql,
            plan=self.planned.plan,
            manifest=outcome.manifest,
            elapsed_ms=outcome.elapsed_ms,
            graph_version=self.planned.graph_version,
            first_rows=outcome.first_rows,
        )

    def stopped(self, error: Exception) -> Outcome:
        """Return the outcome for an error; one that nobody foresaw is logged with its trace."""
        sql = self.planned.sql if self.planned else None
        plan = self.planned.plan if self.planned else None
        elapsed = (time.monotonic() - self.started) * 1000
        if isinstance(error, query.TimedOut):
            return TimedOut(
                sql=sql, plan=plan, elapsed_ms=elapsed, timeout_seconds=self.timeout_seconds
            )
        if isinstance(error, query.Cancelled):
            return Cancelled(sql=sql, plan=plan, elapsed_ms=elapsed)
        kind = _kind(error)
        if kind is None and is_transient(error):
            log.warning("attempt.interrupted", error=repr(error))
            return replace(INTERRUPTED, sql=sql, plan=plan, elapsed_ms=elapsed)
        if kind is None:
            log.error("attempt.broke", exc_info=error)
        return Failure(
            error_type=kind or "internal_error",
            message=str(error) if kind else "the executor failed; its log says why",
            transient=getattr(error, "transient", False),
            sql=sql,
            plan=plan,
            elapsed_ms=elapsed,
        )


def _kind(error: Exception) -> str | None:
    return next((kind for known, kind in FOR_THE_USER.items() if isinstance(error, known)), None)
