"""Errors of the results service beside those of reading rows (`kpi_results.rows.errors`).

ResultsError
├── ExecutionNotFound
├── KpiNotFound
├── BreakNotFound
├── LedgerClosed        the KPI's runs differ by too much for a list of breaks
├── NotFinished         there are no rows yet
├── NoResult            the execution ended without rows
└── ResultGone          retention gave the rows up
"""

from __future__ import annotations

from datetime import datetime


class ResultsError(Exception):
    """What was asked for cannot be shown."""


class ExecutionNotFound(ResultsError):
    """No execution has this id."""

    def __init__(self, execution_id: int) -> None:
        self.execution_id = execution_id
        super().__init__(f"execution {execution_id} does not exist")


class KpiNotFound(ResultsError):
    """No KPI has this id."""

    def __init__(self, kpi_id: int) -> None:
        self.kpi_id = kpi_id
        super().__init__(f"KPI {kpi_id} does not exist")


class NotFinished(ResultsError):
    """The execution is still waiting or running."""

    def __init__(self, execution_id: int, status: str) -> None:
        self.execution_id = execution_id
        self.status = status
        super().__init__(f"execution {execution_id} is {status}; its rows can be read at its end")


class NoResult(ResultsError):
    """The execution failed, ran out of time or was cancelled."""

    def __init__(self, execution_id: int, status: str, message: str | None) -> None:
        self.execution_id = execution_id
        self.status = status
        because = f": {message}" if message else ""
        super().__init__(f"execution {execution_id} has no rows, it ended as {status}{because}")


class ResultGone(ResultsError):
    """The rows were given up by retention; what is known about them stays."""

    def __init__(self, execution_id: int, expired_at: datetime, reason: str) -> None:
        self.execution_id = execution_id
        self.expired_at = expired_at
        self.reason = reason
        super().__init__(
            f"the rows of execution {execution_id} were given up on {expired_at:%Y-%m-%d}"
            f" (retention by {reason}); run the KPI again for present ones"
        )


class BreakNotFound(ResultsError):
    """The KPI has no such break."""

    def __init__(self, kpi_id: int, break_id: str) -> None:
        self.kpi_id = kpi_id
        self.break_id = break_id
        super().__init__(f"KPI {kpi_id} has no break {break_id}")


class LedgerClosed(ResultsError):
    """No list of breaks is kept of the KPI."""

    def __init__(self, kpi_id: int, reason: str) -> None:
        self.kpi_id = kpi_id
        self.reason = reason
        super().__init__(
            f"no ledger of breaks is kept of KPI {kpi_id}: {reason}; compare its runs instead"
        )
