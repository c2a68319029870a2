"""Executions as the REST shape shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kpi_contracts.execution import ExecutionParameters
from kpi_executor import first_rows, lookups
from kpi_executor.execution import Status

Row = Mapping[str, Any]
_FROM_PARAMETERS = (
    "kg_name",
    "select_schema",
    "ruleset_name",
    "limit_records",
    "use_llm",
    "excluded_fields",
)
_FROM_PLAN = (
    "joined_columns",
    "sql_query_type",
    "operation",
    "confidence_score",
    "explanation",
    "source_table",
    "target_table",
    "engine_version",
    "model",
    "prompt_sha256",
    "remark",
)
_MESSAGES = {
    Status.SUCCESS: "KPI executed successfully",
    Status.FAILED: "KPI execution failed",
    Status.TIMEOUT: "KPI execution timed out",
    Status.CANCELLED: "KPI execution was cancelled",
}


def parameters_from(body: Mapping[str, Any]) -> ExecutionParameters:
    """Return the parameters in a request's body, whatever else is in it."""
    values = {name: body[name] for name in ExecutionParameters.__slots__ if name in body}
    return ExecutionParameters(
        **values | {"excluded_fields": tuple(values.get("excluded_fields") or ())}
    )


def execution_view(connection: sa.Connection, execution_id: int) -> dict[str, Any]:
    """Return an execution with its first rows; raises ExecutionNotFound."""
    row = lookups.get_execution(connection, execution_id)
    rows = None
    if row["status"] == Status.SUCCESS:
        rows = first_rows.of(connection, execution_id) or []
    return _view(row, rows)


def answer(execution: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body for a run: `success` says whether the query succeeded."""
    status = Status(execution["execution_status"])
    return {
        "success": status is Status.SUCCESS,
        "message": _MESSAGES.get(status, f"KPI execution is {status}"),
        "execution_result": execution,
    }


def _view(row: sa.RowMapping, rows: Sequence[Row] | None) -> dict[str, Any]:
    parameters, plan = row["parameters"] or {}, row["plan"] or {}
    return {
        **{name: parameters.get(name) for name in _FROM_PARAMETERS},
        **{name: plan.get(name) for name in _FROM_PLAN},
        **row,
        "db_type": row["database_type"],
        "execution_status": row["status"],
        "execution_timestamp": row["requested_at"],
        "result_data": rows,
    }
