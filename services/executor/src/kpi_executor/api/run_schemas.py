"""The JSON shapes of runs, jobs and executions."""

from __future__ import annotations

from marshmallow import fields, validate

from kpi_service.execution_shape import ExecutionShape
from kpi_service.schemas import Id, Instant, Schema

MOST_RECORDS = 100_000_000


class Parameters(Schema):
    """How to run: on which graph, within which limits."""

    kg_name = fields.String(
        required=True,
        validate=validate.Length(1, 255),
        error_messages={"required": "Name a knowledge graph; GET /kg lists them."},
        metadata={"example": "demo"},
    )
    select_schema = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "Schema(s) to look at, comma-separated; left out: all."},
    )
    ruleset_name = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, 255)
    )
    db_type = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 50),
        metadata={"description": "Accepted; the SQL is written for the graph's own source."},
    )
    limit_records = fields.Integer(
        load_default=1000,
        strict=True,
        allow_none=True,
        validate=validate.Range(1, MOST_RECORDS),
        metadata={"description": "Most rows of the result; never limits what a count counts."},
    )
    use_llm = fields.Boolean(
        load_default=True,
        metadata={"description": "Ask the language model too, where one is set up."},
    )
    excluded_fields = fields.List(
        fields.String(validate=validate.Length(1, 255)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=1000),
        metadata={"description": "Columns never used for joins."},
    )
    timeout_seconds = fields.Float(
        load_default=300.0, allow_nan=False, validate=validate.Range(0.1, 86_400)
    )
    max_attempts = fields.Integer(load_default=3, strict=True, validate=validate.Range(1, 10))


class RunRequest(Parameters):
    """A run of a KPI; `kpi_version` makes sure that at least this version is run."""

    kpi_version = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 2**31 - 1)
    )


class AdHocRequest(Parameters):
    """One read-only query of your own."""

    query = fields.String(required=True, validate=validate.Length(6, 100_000))
    conversation_id = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, 100)
    )


class BatchRequest(Schema):
    """Several KPIs with the same parameters."""

    kpi_ids = fields.List(Id(), required=True, validate=validate.Length(1, 100))
    execution_params = fields.Nested(Parameters, required=True)


class CancelRequest(Schema):
    """Why to stop."""

    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))


class ExecutionResult(ExecutionShape):
    """An execution as it stands."""

    version = fields.Integer(required=True)
    result_data = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        allow_none=True,
        metadata={"description": "The first rows, at most 1,000; all are in the drill-down."},
    )


class ExecutionAnswer(Schema):
    """What became of a run."""

    success = fields.Boolean(required=True)
    message = fields.String(required=True)
    execution_result = fields.Nested(ExecutionResult, required=True)


class JobAccepted(Schema):
    """A run that goes on in the background."""

    success = fields.Boolean(required=True)
    message = fields.String(required=True)
    job_id = fields.String(required=True)
    execution_id = Id(required=True)
    status_url = fields.String(required=True)


class JobAnswer(Schema):
    """A background run as it stands."""

    success = fields.Boolean(required=True)
    job_id = fields.String(required=True)
    execution_id = Id(required=True)
    status = fields.String(required=True)
    result = fields.Nested(ExecutionResult, required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)


class BatchError(Schema):
    """A KPI that could not be run."""

    kpi_id = Id(required=True)
    error = fields.String(required=True)


class BatchAnswer(Schema):
    """What became of each KPI."""

    success = fields.Boolean(required=True)
    total = fields.Integer(required=True)
    successful = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    results = fields.List(fields.Nested(ExecutionResult), required=True)
    errors = fields.List(fields.Nested(BatchError), required=True)
