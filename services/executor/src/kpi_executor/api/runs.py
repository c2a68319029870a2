"""Run KPIs, one or several, and ad-hoc queries."""

from __future__ import annotations

from typing import Any

from kpi_executor.api import run_schemas as schemas
from kpi_executor.api import views
from kpi_executor.api.running import Runs, accepted, command_id_of_request
from kpi_executor.commands import RunQuery
from kpi_executor.errors import CommandRefused
from kpi_service.auth import requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.idempotency import idempotent

RUNNERS = ("operator", "editor")


def run_blueprint(runs: Runs) -> Blueprint:
    """Return the routes that run something."""
    blueprint = Blueprint("runs", __name__)

    @blueprint.route("/v1/landing-kpi/kpis/<id:kpi_id>/execute", methods=["POST"])
    @idempotent
    @requires(*RUNNERS)
    @blueprint.arguments(schemas.RunRequest)
    @blueprint.response(200, schemas.ExecutionAnswer)
    def execute(body: dict[str, Any], kpi_id: int) -> Any:
        """Run a KPI and wait for its end; `success` says whether the query succeeded."""
        return runs.finished(runs.accept(kpi_id, body, body["kpi_version"]), body)

    @blueprint.route("/v1/landing-kpi/kpis/<id:kpi_id>/execute-async", methods=["POST"])
    @idempotent
    @requires(*RUNNERS)
    @blueprint.arguments(schemas.RunRequest)
    @blueprint.response(202, schemas.JobAccepted)
    def execute_async(body: dict[str, Any], kpi_id: int) -> Any:
        """Run a KPI in the background."""
        return accepted(runs.accept(kpi_id, body, body["kpi_version"]))

    @blueprint.route("/v1/landing-kpi/batch-execute", methods=["POST"])
    @idempotent
    @requires(*RUNNERS)
    @blueprint.arguments(schemas.BatchRequest)
    @blueprint.response(200, schemas.BatchAnswer)
    def batch(body: dict[str, Any]) -> dict[str, Any]:
        """Run several KPIs with the same parameters and wait for all of them."""
        return _batch(runs, body["kpi_ids"], body["execution_params"])

    @blueprint.route("/v3/execute", methods=["POST"])
    @idempotent
    @requires(*RUNNERS)
    @blueprint.arguments(schemas.AdHocRequest)
    @blueprint.response(200, schemas.ExecutionAnswer)
    def ad_hoc(body: dict[str, Any]) -> Any:
        """Run one read-only query of your own and wait for its end; it is tracked like any."""
        command = RunQuery(
            sql=body["query"],
            parameters=views.parameters_from(body),
            conversation_id=body["conversation_id"],
            command_id=command_id_of_request("query", body["query"]),
        )
        return runs.finished(runs.dispatch(command, command_context()), body)

    return blueprint


def _batch(runs: Runs, kpi_ids: list[int], parameters: dict[str, Any]) -> dict[str, Any]:
    accepted_ids, errors = [], []
    for kpi_id in kpi_ids:
        try:
            accepted_ids.append(runs.accept(kpi_id, parameters))
        except CommandRefused as refusal:
            errors.append({"kpi_id": kpi_id, "error": str(refusal)})
    for execution_id in accepted_ids:
        runs.wait(execution_id, parameters["timeout_seconds"])
    results = [runs.view(execution_id) for execution_id in accepted_ids]
    successful = sum(result["execution_status"] == "success" for result in results)
    return {
        "success": successful == len(kpi_ids),
        "total": len(kpi_ids),
        "successful": successful,
        "failed": len(kpi_ids) - successful,
        "results": results,
        "errors": errors,
    }
