"""The ledger of breaks of a KPI: list, assign, comment."""

from __future__ import annotations

from typing import Any

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_results import break_queries
from kpi_results.api import break_schemas as schemas
from kpi_results.archive import Archive
from kpi_results.break_queries import BreakFilter
from kpi_results.commands import AssignBreak, CommentBreak
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.idempotency import idempotent
from kpi_service.paging import page

WRITERS = ("editor", "operator")


def break_blueprint(archive: Archive, dispatch: Dispatcher) -> Blueprint:
    """Return the routes of /v1/landing-kpi/kpis/{id}/breaks."""
    blueprint = Blueprint("breaks", __name__, url_prefix="/v1/landing-kpi/kpis/<id:kpi_id>/breaks")

    def changed(kpi_id: int, break_id: str, message: str) -> dict[str, Any]:
        with archive.engine.connect() as connection:
            found = break_queries.get_break(connection, kpi_id, break_id)
        return {"success": True, "message": message, "break": found}

    @blueprint.route("")
    @requires(*READERS)
    @blueprint.arguments(schemas.BreakQuery, location="query")
    @blueprint.response(200, schemas.BreakList)
    def breaks(query: dict[str, Any], kpi_id: int) -> dict[str, Any]:
        """List the KPI's breaks, the oldest first."""
        archive.require_kpi(kpi_id)
        limit, offset = query.pop("limit"), query.pop("offset")
        wanted = BreakFilter(kpi_id=kpi_id, **query)
        with archive.engine.connect() as connection:
            total, found = break_queries.list_breaks(connection, wanted, limit, offset)
        return {"success": True, **page(total, limit, offset), "breaks": found}

    @blueprint.route("/<string(length=32):break_id>/assign", methods=["POST"])
    @idempotent
    @requires(*WRITERS)
    @blueprint.arguments(schemas.Assignment)
    @blueprint.response(200, schemas.BreakAnswer)
    def assign(body: dict[str, Any], kpi_id: int, break_id: str) -> dict[str, Any]:
        """Say who is to see to a break."""
        dispatch(AssignBreak(kpi_id, break_id, **body), command_context())
        return changed(kpi_id, break_id, "Break assigned successfully")

    @blueprint.route("/<string(length=32):break_id>/comment", methods=["POST"])
    @idempotent
    @requires(*WRITERS)
    @blueprint.arguments(schemas.Comment)
    @blueprint.response(200, schemas.BreakAnswer)
    def comment(body: dict[str, Any], kpi_id: int, break_id: str) -> dict[str, Any]:
        """Say something about a break."""
        dispatch(CommentBreak(kpi_id, break_id, **body), command_context())
        return changed(kpi_id, break_id, "Comment noted successfully")

    return blueprint
