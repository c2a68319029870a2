"""Data sources: register, look at, change, remove. Secrets go in and never come out."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import lookups
from kpi_executor.api import source_schemas as schemas
from kpi_executor.commands import RegisterSource, RemoveSource, UpdateSource
from kpi_executor.locations import split_secret
from kpi_executor.sources import source_from
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.database import reader
from kpi_service.etags import expected_versions, set_etag, versioned
from kpi_service.idempotency import idempotent
from kpi_service.paging import PageQuery, page
from kpi_service.problems import invalid


def source_blueprint(engine: sa.Engine, dispatch: Dispatcher) -> Blueprint:
    """Return the routes of /sources."""
    blueprint = Blueprint("sources", __name__, url_prefix="/sources")
    reading = reader(engine)

    def shown(source_id: int, message: str | None = None) -> dict[str, Any]:
        with reading.connect() as connection:
            source = lookups.get_source(connection, source_id)
        set_etag(source["version"])
        told = {"message": message} if message else {}
        return {"success": True, **told, "source": source}

    @blueprint.route("")
    class Sources(MethodView):
        @requires(*READERS)
        @blueprint.arguments(PageQuery, location="query")
        @blueprint.response(200, schemas.SourceList)
        def get(self, query: dict[str, Any]) -> dict[str, Any]:
            """List the data sources."""
            with reading.connect() as connection:
                total, found = lookups.list_sources(connection, **query)
            return {"success": True, **page(total, **query), "sources": found}

        @idempotent
        @requires("operator")
        @blueprint.arguments(schemas.SourceCreate)
        @blueprint.response(201, schemas.SourceAnswer)
        def post(self, body: dict[str, Any]) -> Any:
            """Register a data source."""
            location, secret = _located(body["location"], body["password"])
            command = RegisterSource(
                name=body["name"],
                kind=body["kind"] or source_from(body["name"], location).kind,
                location=location,
                secret=secret,
            )
            source_id = dispatch(command, command_context())
            headers = {"Location": f"/sources/{source_id}"}
            return shown(source_id, "Source registered"), 201, headers

    @blueprint.route("/<id:source_id>")
    class OneSource(MethodView):
        @requires(*READERS)
        @versioned
        @blueprint.response(200, schemas.SourceAnswer)
        def get(self, source_id: int) -> dict[str, Any]:
            """Return a data source."""
            return shown(source_id)

        @requires("operator")
        @versioned
        @blueprint.arguments(schemas.SourceUpdate)
        @blueprint.response(200, schemas.SourceAnswer)
        def put(self, body: dict[str, Any], source_id: int) -> dict[str, Any]:
            """Change a data source."""
            secret = body.pop("password", None)
            if "location" in body:
                body["location"], secret = _located(body["location"], secret)
                body["kind"] = source_from("", body["location"]).kind
            command = UpdateSource(
                source_id=source_id,
                values=body,
                secret=secret,
                expected=expected_versions(),
            )
            dispatch(command, command_context())
            return shown(source_id, "Source updated")

        @requires("operator")
        @versioned
        @blueprint.response(200, schemas.Done)
        def delete(self, source_id: int) -> dict[str, Any]:
            """Take a data source out of use and forget its secret."""
            command = RemoveSource(source_id=source_id, expected=expected_versions())
            dispatch(command, command_context())
            return {"success": True, "message": "Source removed"}

    return blueprint


def _located(location: str, password: str | None) -> tuple[str, str | None]:
    try:
        bare, embedded = split_secret(location)
    except ValueError as error:
        raise invalid({"location": [f"Not a URL that can be read: {error}."]}) from None
    return bare, password if password is not None else embedded
