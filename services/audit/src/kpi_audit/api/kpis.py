"""Who did what to a KPI, and how it fares day by day."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kpi_audit import queries
from kpi_audit.api import schemas
from kpi_bus.freshness import ReadYourWrites
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.database import reader
from kpi_service.paging import PageQuery, page
from kpi_service.problems import not_found


def kpi_blueprint(engine: sa.Engine, fresh: ReadYourWrites) -> Blueprint:
    """Return the routes of /v1/landing-kpi/kpis/{id}/audit-log and …/metrics.

    `fresh` waits for the log to catch up before a KPI is said to be unknown.
    """
    blueprint = Blueprint("kpis", __name__, url_prefix="/v1/landing-kpi/kpis/<id:kpi_id>")
    reading = reader(engine)

    @blueprint.route("/audit-log")
    @requires(*READERS)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, schemas.AuditLog)
    def audit_log(query: dict[str, Any], kpi_id: int) -> dict[str, Any]:
        """List who did what to a KPI and when, newest first."""

        def look() -> tuple[int, queries.Rows] | None:
            with reading.connect() as connection:
                return queries.list_history(connection, kpi_id, **query)

        found = fresh.find(look)
        if found is None:
            raise not_found("KPI", kpi_id)
        total, rows = found
        listed = [{**row, "id": row["seq"]} for row in rows]
        return {"success": True, "kpi_id": kpi_id, **page(total, **query), "audit_log": listed}

    @blueprint.route("/metrics")
    @requires(*READERS)
    @blueprint.arguments(schemas.MetricsQuery, location="query")
    @blueprint.response(200, schemas.Metrics)
    def metrics(query: dict[str, Any], kpi_id: int) -> dict[str, Any]:
        """Show the executions of a KPI that have ended, by the day (UTC) they started on."""
        days = query.pop("days", None)

        def look() -> tuple[int, queries.Rows] | None:
            with reading.connect() as connection:
                return queries.list_metrics(connection, kpi_id, days, **query)

        found = fresh.find(look)
        if found is None:
            raise not_found("KPI", kpi_id)
        total, rows = found
        listed = [{**row, "kpi_id": kpi_id} for row in rows]
        return {"success": True, "kpi_id": kpi_id, **page(total, **query), "metrics": listed}

    return blueprint
