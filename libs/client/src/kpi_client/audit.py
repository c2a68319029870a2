"""Who did what, when; and whether the record of it is intact."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from kpi_client.kpis import ROOT as KPIS
from kpi_client.models import AuditLog
from kpi_client.transport import Transport

AUDIT = "/v1/audit"
TRACKING = "/api/v1/executions"


class Audit:
    """The ``audit`` service."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def log(self, kpi_id: int, *, limit: int | None = None, offset: int | None = None) -> AuditLog:
        """Read what happened to a KPI, newest first."""
        params = {"limit": limit, "offset": offset}
        return cast(AuditLog, self._transport.get(f"{KPIS}/{kpi_id}/audit-log", params).body)

    def metrics(self, kpi_id: int, **filters: str | int | None) -> dict[str, Any]:
        """Read the daily metrics of a KPI."""
        return self._transport.get(f"{KPIS}/{kpi_id}/metrics", filters).body

    def verify(self) -> dict[str, Any]:
        """Recompute the hash chain; ``valid`` is false where it is broken."""
        return self._transport.send("POST", f"{AUDIT}/verify", json={}).body

    def events(self, **filters: str | int | None) -> dict[str, Any]:
        """Read one page of the log of all events."""
        return self._transport.get(f"{AUDIT}/events", filters).body

    def checkpoint(self) -> dict[str, Any]:
        """Read the newest signed checkpoint of the chain."""
        return self._transport.get(f"{AUDIT}/checkpoint").body

    def user_executions(
        self,
        user_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
        status: str | None = None,
        database_type: str | None = None,
    ) -> dict[str, Any]:
        """List the executions of one user, newest first."""
        params = {
            "limit": limit,
            "offset": offset,
            "status": status,
            "database_type": database_type,
        }
        return self._transport.get(_of_user(user_id), params).body

    def user_stats(self, user_id: str, *, days: int | None = None) -> dict[str, Any]:
        """Read counts, times (seconds) and success rate (percent) of one user."""
        return self._transport.get(f"{_of_user(user_id)}/stats", {"days": days}).body

    def user_database_stats(self, user_id: str) -> dict[str, Any]:
        """Read one user's counts by database type."""
        return self._transport.get(f"{_of_user(user_id)}/database-stats").body

    def global_stats(self, *, days: int | None = None) -> dict[str, Any]:
        """Read counts, times and success rate of everybody."""
        return self._transport.get(f"{TRACKING}/stats/global", {"days": days}).body

    def global_database_stats(self) -> dict[str, Any]:
        """Read everybody's counts by database type."""
        return self._transport.get(f"{TRACKING}/database-stats/global").body


def _of_user(user_id: str) -> str:
    return f"{TRACKING}/{quote(user_id, safe='')}"
