"""Pin an approved reading to a KPI, or let the engine read its sentence again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from kpi_contracts.definition import PinnedReading
from kpi_definitions import queries
from kpi_definitions.api import schemas
from kpi_definitions.commands import PinReading, UnpinReading
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_service.auth import requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.database import reader
from kpi_service.etags import expected_versions, set_etag, versioned


def reading_blueprint(engine: sa.Engine, dispatch: Dispatcher) -> Blueprint:
    """Return the routes of /v1/landing-kpi/kpis/{id}/reading."""
    blueprint = Blueprint("readings", __name__, url_prefix="/v1/landing-kpi/kpis/<id:kpi_id>")
    reading_engine = reader(engine)

    def changed(message: str, kpi_id: int) -> dict[str, Any]:
        with reading_engine.connect() as connection:
            kpi = queries.get_kpi(connection, kpi_id)
        set_etag(kpi["version"])
        return {"success": True, "message": message, "kpi": kpi}

    @blueprint.route("/reading")
    class Readings(MethodView):
        @requires("editor")
        @versioned
        @blueprint.arguments(schemas.Reading)
        @blueprint.response(200, schemas.KpiChanged)
        def put(self, body: dict[str, Any], kpi_id: int) -> dict[str, Any]:
            """Pin a reading (from a preview): runs on its graph use this SQL as it stands."""
            pairs = tuple(tuple(pair) for pair in body.pop("joined_columns"))
            reading = PinnedReading(**body, joined_columns=pairs)
            dispatch(PinReading(kpi_id, reading, expected_versions()), command_context())
            return changed("Reading pinned", kpi_id)

        @requires("editor")
        @versioned
        @blueprint.response(200, schemas.KpiChanged)
        def delete(self, kpi_id: int) -> dict[str, Any]:
            """Unpin the reading: the engine reads the sentence again."""
            dispatch(UnpinReading(kpi_id, expected_versions()), command_context())
            return changed("Reading unpinned", kpi_id)

    return blueprint
