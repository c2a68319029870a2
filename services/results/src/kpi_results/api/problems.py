"""What callers are told of the service's errors."""

from __future__ import annotations

from kpi_results import errors
from kpi_results.comparison.errors import NotComparable
from kpi_results.exports.errors import ExportRefused
from kpi_results.rows import errors as rows
from kpi_service.problems import Problem, ProblemFor, invalid

PROBLEMS: ProblemFor = {
    errors.ExecutionNotFound: lambda error: Problem(404, str(error)),
    errors.KpiNotFound: lambda error: Problem(404, str(error)),
    errors.BreakNotFound: lambda error: Problem(404, str(error)),
    errors.LedgerClosed: lambda error: Problem(409, str(error)),
    errors.NotFinished: lambda error: _no_rows(error, error.status, {"Retry-After": "1"}),
    errors.NoResult: lambda error: _no_rows(error, error.status),
    errors.ResultGone: lambda error: Problem(410, str(error)),
    NotComparable: lambda error: invalid({error.column: [error.reason]}, str(error)),
    ExportRefused: lambda error: invalid({"format": [error.reason]}, str(error)),
    rows.InvalidQuery: lambda error: invalid({error.field: [error.reason]}, str(error)),
    rows.PartDamaged: lambda error: Problem(502, str(error), errors={error.key: [error.reason]}),
    rows.BusyReading: lambda error: Problem(503, str(error), headers={"Retry-After": "5"}),
    rows.RowsError: lambda _: Problem(
        503,
        "Reading the stored rows took more memory or disk than is allowed. Narrow the filter, or"
        " sort by fewer columns.",
        headers={"Retry-After": "30"},
    ),
}


def _no_rows(error: Exception, status: str, headers: dict[str, str] | None = None) -> Problem:
    return Problem(409, str(error), errors={"execution_status": [status]}, headers=headers)
