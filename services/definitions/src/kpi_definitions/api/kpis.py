"""Create, read, update, delete and restore KPIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from kpi_definitions import queries
from kpi_definitions.api import schemas
from kpi_definitions.api.answers import kpi_answer
from kpi_definitions.commands import CreateKpi, DeleteKpi, RestoreKpi, UpdateKpi
from kpi_definitions.definition import Definition, Fields
from kpi_definitions.queries import KpiFilter
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.database import reader
from kpi_service.etags import expected_versions, versioned
from kpi_service.idempotency import idempotent, remember
from kpi_service.paging import page

KPIS = "/v1/landing-kpi/kpis"
CREATED = "KPI created successfully"


def kpi_blueprint(engine: sa.Engine, dispatch: Dispatcher) -> Blueprint:
    """Return the routes of /v1/landing-kpi/kpis."""
    blueprint = Blueprint("kpis", __name__, url_prefix=KPIS)
    reading = reader(engine)

    @blueprint.route("")
    class Kpis(MethodView):
        @requires(*READERS)
        @blueprint.arguments(schemas.KpiQuery, location="query")
        @blueprint.response(200, schemas.KpiList)
        def get(self, query: dict[str, Any]) -> dict[str, Any]:
            """List KPIs."""
            limit, offset = query.pop("limit"), query.pop("offset")
            with reading.connect() as connection:
                total, kpis = queries.list_kpis(connection, KpiFilter(**query), limit, offset)
            return {"success": True, **page(total, limit, offset), "kpis": kpis}

        @idempotent
        @requires("editor")
        @blueprint.arguments(schemas.KpiCreate)
        @blueprint.response(201, schemas.KpiChanged)
        def post(self, body: dict[str, Any]) -> Any:
            """Define a KPI."""
            definition = dispatch(
                CreateKpi(fields_from(body)), command_context(), before_commit=_remember
            )
            answer = kpi_answer(reading, int(definition.id), CREATED)
            return answer, 201, _location(definition)

    @blueprint.route("/<id:kpi_id>")
    class OneKpi(MethodView):
        @requires(*READERS)
        @versioned
        @blueprint.response(200, schemas.KpiAnswer)
        def get(self, kpi_id: int) -> dict[str, Any]:
            """Return a KPI."""
            return kpi_answer(reading, kpi_id)

        @requires("editor")
        @versioned
        @blueprint.arguments(schemas.KpiUpdate)
        @blueprint.response(200, schemas.KpiChanged)
        def put(self, body: dict[str, Any], kpi_id: int) -> dict[str, Any]:
            """Change fields of a KPI."""
            dispatch(UpdateKpi(kpi_id, body, expected_versions()), command_context())
            return kpi_answer(reading, kpi_id, "KPI updated successfully")

        @requires("editor")
        @versioned
        @blueprint.response(200, schemas.Done)
        def delete(self, kpi_id: int) -> dict[str, Any]:
            """Put a KPI away; its history and results stay, and it can be restored."""
            dispatch(DeleteKpi(kpi_id, expected_versions()), command_context())
            return {"success": True, "message": "KPI deleted successfully"}

    @blueprint.route("/<id:kpi_id>/restore", methods=["POST"])
    @idempotent
    @requires("editor")
    @versioned
    @blueprint.response(200, schemas.KpiChanged)
    def restore(kpi_id: int) -> dict[str, Any]:
        """Take a deleted KPI back into use."""
        dispatch(RestoreKpi(kpi_id, expected_versions()), command_context())
        return kpi_answer(reading, kpi_id, "KPI restored successfully")

    return blueprint


def _remember(connection: sa.Connection, definition: Definition) -> None:
    answer: dict[str, Any] = {"success": True, "message": CREATED}
    answer["kpi"] = queries.get_kpi(connection, int(definition.id))
    remember(connection, schemas.KpiChanged().dump(answer), 201, _location(definition))


def _location(definition: Definition) -> dict[str, str]:
    return {"Location": f"{KPIS}/{definition.id}"}


def fields_from(body: Mapping[str, Any]) -> Fields:
    """Return the fields of a new KPI from the body of its request."""
    values = {name: value for name, value in body.items() if name != "created_by"}
    return Fields(**{"nl_definition": None} | values)
