"""Execution tracking: who ran what, with what success.

Everybody may read about their own executions; auditors and admins about everybody's.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kpi_audit import statistics
from kpi_audit.api import schemas
from kpi_service.auth import EVERYTHING, current_user, requires
from kpi_service.blueprint import Blueprint
from kpi_service.database import reader
from kpi_service.paging import page
from kpi_service.problems import Problem

AUDITOR = "auditor"


def tracking_blueprint(engine: sa.Engine) -> Blueprint:
    """Return the routes of /api/v1/executions."""
    blueprint = Blueprint("tracking", __name__, url_prefix="/api/v1/executions")
    reading = reader(engine)

    @blueprint.route("/<user_id>")
    @requires()
    @blueprint.arguments(schemas.ExecutionsQuery, location="query")
    @blueprint.response(200, schemas.Executions)
    def executions(query: dict[str, Any], user_id: str) -> dict[str, Any]:
        """List the executions of a user that have ended, newest first."""
        require_own(user_id)
        with reading.connect() as connection:
            total, found = statistics.list_executions(connection, user_id, **query)
        return {
            "success": True,
            "user_id": user_id,
            "executions": found,
            "count": len(found),
            **page(total, query["limit"], query["offset"]),
        }

    @blueprint.route("/<user_id>/stats")
    @requires()
    @blueprint.arguments(schemas.StatsQuery, location="query")
    @blueprint.response(200, schemas.UserStats)
    def user_stats(query: dict[str, Any], user_id: str) -> dict[str, Any]:
        """Count the executions of a user in the last days."""
        require_own(user_id)
        days = query["days"]
        with reading.connect() as connection:
            found = statistics.totals(connection, days, user_id)
        return {"success": True, "user_id": user_id, "period_days": days, **found}

    @blueprint.route("/<user_id>/database-stats")
    @requires()
    @blueprint.response(200, schemas.UserDatabaseStats)
    def user_database_stats(user_id: str) -> dict[str, Any]:
        """Count the executions of a user by database type."""
        require_own(user_id)
        with reading.connect() as connection:
            found = statistics.by_database(connection, user_id)
        return {"success": True, "user_id": user_id, "database_stats": found}

    @blueprint.route("/stats/global")
    @requires(AUDITOR)
    @blueprint.arguments(schemas.StatsQuery, location="query")
    @blueprint.response(200, schemas.Stats)
    def global_stats(query: dict[str, Any]) -> dict[str, Any]:
        """Count everybody's executions in the last days."""
        days = query["days"]
        with reading.connect() as connection:
            found = statistics.totals(connection, days)
        return {"success": True, "period_days": days, **found}

    @blueprint.route("/database-stats/global")
    @requires(AUDITOR)
    @blueprint.response(200, schemas.DatabaseStats)
    def global_database_stats() -> dict[str, Any]:
        """Count everybody's executions by database type."""
        with reading.connect() as connection:
            found = statistics.by_database(connection)
        return {"success": True, "database_stats": found}

    return blueprint


def require_own(user_id: str) -> None:
    """Raise Problem 403 unless the caller is that user, an auditor or an admin."""
    user = current_user()
    if user.subject != user_id and not {AUDITOR, EVERYTHING} & user.roles:
        raise Problem(403, f"Only {user_id} and auditors may read this.")
