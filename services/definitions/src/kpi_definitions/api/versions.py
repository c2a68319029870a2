"""The versions of a KPI: list, look at, compare, roll back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kpi_definitions import queries
from kpi_definitions.api import schemas
from kpi_definitions.api.answers import kpi_answer
from kpi_definitions.commands import RollBackKpi
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.database import reader
from kpi_service.etags import expected_versions, versioned
from kpi_service.idempotency import idempotent
from kpi_service.paging import PageQuery, page


def version_blueprint(engine: sa.Engine, dispatch: Dispatcher) -> Blueprint:
    """Return the routes of /v1/landing-kpi/kpis/{id}/versions and …/rollback."""
    blueprint = Blueprint("versions", __name__, url_prefix="/v1/landing-kpi/kpis/<id:kpi_id>")
    reading = reader(engine)

    @blueprint.route("/versions")
    @requires(*READERS)
    @blueprint.arguments(PageQuery, location="query")
    @blueprint.response(200, schemas.VersionList)
    def versions(query: dict[str, Any], kpi_id: int) -> dict[str, Any]:
        """List the versions of a KPI, newest first."""
        with reading.connect() as connection:
            total, found = queries.list_versions(connection, kpi_id, **query)
        return {"success": True, **page(total, **query), "versions": found}

    @blueprint.route("/versions/<id:version>")
    @requires(*READERS)
    @blueprint.response(200, schemas.VersionAnswer)
    def version(kpi_id: int, version: int) -> dict[str, Any]:
        """Return a KPI as it was at a version."""
        with reading.connect() as connection:
            found = queries.get_version(connection, kpi_id, version)
        return {"success": True, "version": found}

    @blueprint.route("/versions/<id:before>/diff/<id:after>")
    @requires(*READERS)
    @blueprint.response(200, schemas.DiffAnswer)
    def diff(kpi_id: int, before: int, after: int) -> dict[str, Any]:
        """Compare two versions of a KPI, field by field."""
        with reading.connect() as connection:
            changes = queries.diff_versions(connection, kpi_id, before, after)
        return {
            "success": True,
            "kpi_id": kpi_id,
            "from_version": before,
            "to_version": after,
            "changes": changes,
        }

    @blueprint.route("/rollback", methods=["POST"])
    @idempotent
    @requires("editor")
    @versioned
    @blueprint.arguments(schemas.RollbackRequest)
    @blueprint.response(200, schemas.KpiChanged)
    def roll_back(body: dict[str, Any], kpi_id: int) -> dict[str, Any]:
        """Return to the fields of an earlier version; this appends a new one."""
        command = RollBackKpi(kpi_id, body["version"], expected_versions())
        dispatch(command, command_context())
        return kpi_answer(reading, kpi_id, f"KPI rolled back to version {body['version']}")

    return blueprint
