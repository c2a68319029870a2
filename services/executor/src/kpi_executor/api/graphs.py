"""Knowledge graphs, and the schemas in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import lookups
from kpi_executor.api import graph_schemas as schemas
from kpi_executor.commands import KeepGraph
from kpi_executor.preparation import Preparation
from kpi_executor.sources import SourcePolicy
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.database import reader
from kpi_service.etags import set_etag, versioned
from kpi_service.idempotency import idempotent
from kpi_service.paging import PageQuery, page


def graph_blueprint(
    engine: sa.Engine,
    dispatch: Dispatcher,
    preparation: Preparation,
    policy: SourcePolicy,
    cache: Path,
) -> Blueprint:
    """Return the routes of /kg and /schemas."""
    blueprint = Blueprint("graphs", __name__)
    reading = reader(engine)

    def build(name: str, source_id: int, wanted: Sequence[str]) -> None:
        from kpi_executor.reflection import read_graph

        content = read_graph(name, preparation.source(source_id), policy, cache, wanted)
        command = KeepGraph(name=name, source_id=source_id, content=content)
        dispatch(command, command_context())

    def shown(name: str, message: str | None = None) -> dict[str, Any]:
        with reading.connect() as connection:
            graph = lookups.get_graph(connection, name)
            content = lookups.graph_content(connection, graph["id"], graph["version"])
        set_etag(graph["version"])
        told = {"message": message} if message else {}
        return {"success": True, **told, "graph": graph, "content": content}

    @blueprint.route("/kg")
    class Graphs(MethodView):
        @requires(*READERS)
        @blueprint.arguments(PageQuery, location="query")
        @blueprint.response(200, schemas.GraphList)
        def get(self, query: dict[str, Any]) -> dict[str, Any]:
            """List the knowledge graphs."""
            with reading.connect() as connection:
                total, found = lookups.list_graphs(connection, **query)
            return {"success": True, **page(total, **query), "graphs": found}

        @idempotent
        @requires("operator")
        @blueprint.arguments(schemas.GraphCreate)
        @blueprint.response(201, schemas.GraphAnswer)
        def post(self, body: dict[str, Any]) -> Any:
            """Build a knowledge graph from the tables of a source."""
            build(body["name"], body["source_id"], body["schemas"])
            return shown(body["name"], "Graph built"), 201, {"Location": f"/kg/{body['name']}"}

    @blueprint.route("/kg/<name>")
    @requires(*READERS)
    @versioned
    @blueprint.response(200, schemas.GraphAnswer)
    def graph(name: str) -> dict[str, Any]:
        """Return a knowledge graph with its tables and joins."""
        return shown(name)

    @blueprint.route("/kg/<name>/refresh", methods=["POST"])
    @requires("operator")
    @blueprint.response(200, schemas.GraphAnswer)
    def refresh(name: str) -> dict[str, Any]:
        """Read the source again; a changed graph becomes a new version."""
        with reading.connect() as connection:
            row = lookups.get_graph(connection, name)
        build(name, row["source_id"], row["schemas"])
        return shown(name, "Graph refreshed")

    @blueprint.route("/schemas")
    @requires(*READERS)
    @blueprint.response(200, schemas.SchemaList)
    def selectable() -> dict[str, Any]:
        """List the schemas of every graph, with their tables."""
        with reading.connect() as connection:
            _, graphs = lookups.list_graphs(connection, limit=1000, offset=0)
            found = [item for graph in graphs for item in _schemas(connection, graph)]
        return {"success": True, "schemas": found}

    return blueprint


def _schemas(connection: sa.Connection, graph: sa.RowMapping) -> list[dict[str, Any]]:
    content = lookups.graph_content(connection, graph["id"], graph["version"])
    return [
        {
            "kg_name": graph["name"],
            "source_id": graph["source_id"],
            "schema": schema,
            "tables": [table["name"] for table in content["tables"] if table["schema"] == schema],
        }
        for schema in graph["schemas"]
    ]
