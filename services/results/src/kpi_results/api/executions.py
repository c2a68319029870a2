"""Executions: lists, newest first, and one by id."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kpi_results import queries
from kpi_results.api import schemas
from kpi_results.api.caching import digest, keep
from kpi_results.archive import Archive
from kpi_results.queries import ExecutionFilter, is_final
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.etags import set_etag, versioned
from kpi_service.paging import page


def execution_blueprint(archive: Archive) -> Blueprint:
    """Return the routes of lists of executions and of one execution."""
    blueprint = Blueprint("executions", __name__, url_prefix="/v1/landing-kpi")

    def listed(query: dict[str, Any], **fixed: Any) -> dict[str, Any]:
        limit, offset = query.pop("limit"), query.pop("offset")
        wanted = ExecutionFilter(**query, **fixed)
        with archive.engine.connect() as connection:
            total, found = queries.list_executions(connection, wanted, limit, offset)
        return {"success": True, **page(total, limit, offset), "executions": found}

    @blueprint.route("/executions")
    @requires(*READERS)
    @blueprint.arguments(schemas.AnyExecutionQuery, location="query")
    @blueprint.response(200, schemas.ExecutionList)
    def executions(query: dict[str, Any]) -> dict[str, Any]:
        """List executions, those under way too."""
        return listed(query)

    @blueprint.route("/kpis/<id:kpi_id>/executions")
    @requires(*READERS)
    @blueprint.arguments(schemas.ExecutionQuery, location="query")
    @blueprint.response(200, schemas.ExecutionList)
    def executions_of_kpi(query: dict[str, Any], kpi_id: int) -> dict[str, Any]:
        """List the executions of a KPI with their difference to the run before."""
        archive.require_kpi(kpi_id)
        return listed(query, kpi_id=kpi_id)

    @blueprint.route("/executions/<id:execution_id>")
    @requires(*READERS)
    @versioned
    @blueprint.response(200, schemas.ExecutionAnswer)
    def execution(execution_id: int) -> dict[str, Any]:
        """Return an execution without its rows."""
        found = archive.execution(execution_id)
        etag = digest(execution_id, found["version"], found["compared_at"], found["expired_at"])
        if is_final(found) and not _awaits_comparison(found):
            keep(etag, archive.settings.max_age)
        else:
            set_etag(etag)
        return {"success": True, "execution": found}

    return blueprint


def _awaits_comparison(execution: sa.RowMapping) -> bool:
    """Whether a difference to the run before is still to come; none is where rows were cut off."""
    return (
        execution["execution_status"] == "success"
        and execution["kpi_id"] is not None
        and execution["compared_at"] is None
        and not execution["limit_reached"]
    )
