"""Many changes in one request; each succeeds or fails by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from kpi_definitions import queries
from kpi_definitions.api import schemas
from kpi_definitions.api.kpis import fields_from
from kpi_definitions.api.problems import PROBLEMS
from kpi_definitions.commands import CreateKpi, DeleteKpi, UpdateKpi
from kpi_definitions.errors import DefinitionError, KpiDeleted
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_service.app import conflict
from kpi_service.auth import requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.database import reader
from kpi_service.idempotency import idempotent
from kpi_service.problems import Problem, field_errors, invalid

Item = Mapping[str, Any]


def bulk_blueprint(engine: sa.Engine, dispatch: Dispatcher) -> Blueprint:
    """Return the route of /v1/landing-kpi/kpis/bulk."""
    blueprint = Blueprint("bulk", __name__, url_prefix="/v1/landing-kpi/kpis")
    reading = reader(engine)

    @blueprint.route("/bulk", methods=["POST"])
    @idempotent
    @requires("editor")
    @blueprint.arguments(schemas.BulkRequest)
    @blueprint.response(200, schemas.BulkAnswer)
    def bulk(body: dict[str, Any]) -> dict[str, Any]:
        """Create, update and delete several KPIs."""
        results = [
            {"index": index, **_outcome(reading, dispatch, item)}
            for index, item in enumerate(body["items"])
        ]
        successful = sum(result["success"] for result in results)
        return {
            "success": successful == len(results),
            "total": len(results),
            "successful": successful,
            "failed": len(results) - successful,
            "results": results,
        }

    return blueprint


def _outcome(reading: sa.Engine, dispatch: Dispatcher, item: Item) -> dict[str, Any]:
    try:
        definition = dispatch(_command(item), command_context())
    except (Problem, DefinitionError, ConcurrencyConflict) as error:
        problem = _problem(error)
        return {"success": False, "status": problem.status, "kpi": None, "error": problem.body()}
    status = 201 if item["action"] == "create" else 200
    return {
        "success": True,
        "status": status,
        "kpi": _present(reading, int(definition.id)),
        "error": None,
    }


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ConcurrencyConflict):
        return conflict(error)
    return PROBLEMS[type(error)](error)


def _command(item: Item) -> CreateKpi | UpdateKpi | DeleteKpi:
    if item["action"] == "create":
        return CreateKpi(fields_from(_loaded(schemas.KpiCreate(), item)))
    if "id" not in item:
        raise invalid({"id": ["Missing data for required field."]})
    if item["action"] == "delete":
        return DeleteKpi(item["id"], _expected(item))
    return UpdateKpi(item["id"], _loaded(schemas.KpiUpdate(), item), _expected(item))


def _expected(item: Item) -> frozenset[int] | None:
    return frozenset({item["version"]}) if "version" in item else None


def _loaded(schema: ma.Schema, item: Item) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(item.get("kpi") or {})
    except ma.ValidationError as error:
        raise invalid(field_errors({"kpi": error.messages})) from None
    return loaded


def _present(reading: sa.Engine, kpi_id: int) -> sa.RowMapping | None:
    with reading.connect() as connection:
        try:
            return queries.get_kpi(connection, kpi_id)
        except KpiDeleted:
            return None
