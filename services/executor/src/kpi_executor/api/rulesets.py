"""Reconciliation rulesets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import lookups
from kpi_executor.api import ruleset_schemas as schemas
from kpi_executor.commands import StoreRuleset
from kpi_executor.ruleset_fit import unknown_names
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.database import reader
from kpi_service.idempotency import idempotent
from kpi_service.paging import PageQuery, page
from kpi_service.problems import invalid


def ruleset_blueprint(engine: sa.Engine, dispatch: Dispatcher) -> Blueprint:
    """Return the routes of /rulesets."""
    blueprint = Blueprint("rulesets", __name__, url_prefix="/rulesets")

    def _graphs() -> list[Mapping[str, Any]]:
        with reader(engine).connect() as connection:
            return lookups.graph_contents_of_all(connection)

    @blueprint.route("")
    class Rulesets(MethodView):
        @requires(*READERS)
        @blueprint.arguments(PageQuery, location="query")
        @blueprint.response(200, schemas.RulesetList)
        def get(self, query: dict[str, Any]) -> dict[str, Any]:
            """List the reconciliation rulesets."""
            with reader(engine).connect() as connection:
                total, found = lookups.list_rulesets(connection, **query)
            return {"success": True, **page(total, **query), "rulesets": found}

        @idempotent
        @requires("operator")
        @blueprint.arguments(schemas.Ruleset)
        @blueprint.response(201, schemas.RulesetAnswer)
        def post(self, body: dict[str, Any]) -> dict[str, Any]:
            """Store a ruleset, in the place of one of the same name.

            Each rule is about two tables of one knowledge graph, as soon as there is a graph.
            """
            if wrong := unknown_names(body["rules"], _graphs()):
                raise invalid({"rules": [f"rule {at + 1}: {wrong[at]}" for at in wrong]})
            command = StoreRuleset(name=body["name"], rules=body["rules"])
            dispatch(command, command_context())
            return {"success": True, "message": "Ruleset stored", "ruleset": body}

    return blueprint
