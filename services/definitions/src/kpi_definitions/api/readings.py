"""Pin an approved reading to a KPI, or let the engine read its sentence again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from kpi_contracts.definition import PinnedReading
from kpi_definitions.api import schemas
from kpi_definitions.api.answers import kpi_answer
from kpi_definitions.commands import PinReading, UnpinReading
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_service.auth import requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.database import reader
from kpi_service.etags import expected_versions, versioned


def reading_blueprint(engine: sa.Engine, dispatch: Dispatcher) -> Blueprint:
    """Return the routes of /v1/landing-kpi/kpis/{id}/reading."""
    blueprint = Blueprint("readings", __name__, url_prefix="/v1/landing-kpi/kpis/<id:kpi_id>")
    answers = reader(engine)

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
            return kpi_answer(answers, kpi_id, "Reading pinned")

        @requires("editor")
        @versioned
        @blueprint.response(200, schemas.KpiChanged)
        def delete(self, kpi_id: int) -> dict[str, Any]:
            """Unpin the reading: the engine reads the sentence again."""
            dispatch(UnpinReading(kpi_id, expected_versions()), command_context())
            return kpi_answer(answers, kpi_id, "Reading unpinned")

    return blueprint
