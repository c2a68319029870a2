"""The JSON shapes of runs, jobs and executions."""

from __future__ import annotations

from marshmallow import fields, validate

from kpi_service.schemas import Id, Instant, Schema


class Parameters(Schema):
    """How to run: on which graph, within which limits."""

    kg_name = fields.String(
        required=True, validate=validate.Length(1, 255), metadata={"example": "demo"}
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
        validate=validate.Range(1, 100_000_000),
        metadata={"description": "Most rows of the result; never limits what a count counts."},
    )
    use_llm = fields.Boolean(load_default=True)
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


class ExecutionResult(Schema):
    """An execution as it stands."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    kpi_id = Id(required=True, allow_none=True)
    kpi_version = fields.Integer(required=True, allow_none=True)
    kpi_name = fields.String(required=True, allow_none=True)
    kg_name = fields.String(required=True, allow_none=True)
    select_schema = fields.String(required=True, allow_none=True)
    ruleset_name = fields.String(required=True, allow_none=True)
    db_type = fields.String(required=True, allow_none=True)
    limit_records = fields.Integer(required=True, allow_none=True)
    use_llm = fields.Boolean(required=True, allow_none=True)
    excluded_fields = fields.List(fields.String(), required=True, allow_none=True)
    generated_sql = fields.String(required=True, allow_none=True)
    number_of_records = fields.Integer(required=True)
    limit_reached = fields.Boolean(
        required=True,
        metadata={"description": "limit_records was reached: there may be more rows."},
    )
    joined_columns = fields.List(fields.List(fields.String()), required=True, allow_none=True)
    sql_query_type = fields.String(required=True, allow_none=True)
    operation = fields.String(required=True, allow_none=True)
    execution_status = fields.String(required=True)
    execution_timestamp = Instant(required=True)
    started_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)
    execution_time_ms = fields.Float(required=True, allow_none=True)
    confidence_score = fields.Float(required=True, allow_none=True)
    explanation = fields.String(required=True, allow_none=True)
    error_type = fields.String(required=True, allow_none=True)
    error_message = fields.String(required=True, allow_none=True)
    result_data = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        allow_none=True,
        metadata={"description": "The first rows, at most 1,000; all are in the drill-down."},
    )
    source_table = fields.String(required=True, allow_none=True)
    target_table = fields.String(required=True, allow_none=True)
    engine_version = fields.String(required=True, allow_none=True)
    model = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The language model that was asked, if any."},
    )
    prompt_sha256 = fields.String(required=True, allow_none=True)
    remark = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What there is to say about where the reading comes from."},
    )
    attempt = fields.Integer(required=True)
    requested_by = fields.String(required=True)


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
