"""Follow, stop and repeat executions."""

from __future__ import annotations

from typing import Any

from kpi_executor.api import run_schemas as schemas
from kpi_executor.api.running import JOBS, Runs, accepted, command_id_of_request
from kpi_executor.api.runs import RUNNERS
from kpi_executor.commands import CancelExecution, RetryExecution
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.idempotency import idempotent


def job_blueprint(runs: Runs) -> Blueprint:
    """Return the routes about executions that exist."""
    blueprint = Blueprint("jobs", __name__)

    @blueprint.route(f"{JOBS}/<id:job_id>")
    @requires(*READERS)
    @blueprint.response(200, schemas.JobAnswer)
    def job(job_id: int) -> dict[str, Any]:
        """Return a background run as it stands."""
        execution = runs.view(job_id)
        return {
            "success": True,
            "job_id": str(job_id),
            "execution_id": job_id,
            "status": execution["execution_status"],
            "result": execution if execution["finished_at"] else None,
            "error": execution["error_message"],
            "created_at": execution["requested_at"],
        }

    @blueprint.route("/v1/landing-kpi/executions/<id:execution_id>/cancel", methods=["POST"])
    @requires(*RUNNERS)
    @blueprint.arguments(schemas.CancelRequest, required=False)
    @blueprint.response(202, schemas.JobAccepted)
    def cancel(body: dict[str, Any] | None, execution_id: int) -> Any:
        """Stop an execution; it ends as cancelled unless its result comes first."""
        reason = (body or {}).get("reason")
        command = CancelExecution(execution_id=execution_id, reason=reason)
        runs.dispatch(command, command_context())
        return accepted(execution_id, "Cancellation requested")

    @blueprint.route("/v1/landing-kpi/executions/<id:execution_id>/retry", methods=["POST"])
    @idempotent
    @requires(*RUNNERS)
    @blueprint.response(202, schemas.JobAccepted)
    def retry(execution_id: int) -> Any:
        """Run again what an execution ran, as a new execution."""
        command = RetryExecution(
            execution_id=execution_id, command_id=command_id_of_request("retry", execution_id)
        )
        return accepted(runs.dispatch(command, command_context()))

    return blueprint
