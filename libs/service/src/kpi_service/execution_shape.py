"""The REST shape of an execution that the executor and the results service have in common."""

from __future__ import annotations

from marshmallow import fields

from kpi_service.schemas import Id, Instant, Schema


class ExecutionShape(Schema):
    """One run of a KPI or of an ad-hoc query; each service adds what only it knows."""

    id = Id(required=True)
    kpi_id = Id(required=True, allow_none=True)
    kpi_name = fields.String(required=True, allow_none=True)
    kpi_version = fields.Integer(required=True, allow_none=True)
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
    source_table = fields.String(required=True, allow_none=True)
    target_table = fields.String(required=True, allow_none=True)
    confidence_score = fields.Float(required=True, allow_none=True)
    explanation = fields.String(required=True, allow_none=True)
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
    execution_status = fields.String(required=True)
    execution_timestamp = Instant(required=True)
    execution_time_ms = fields.Float(required=True, allow_none=True)
    error_type = fields.String(required=True, allow_none=True)
    error_message = fields.String(required=True, allow_none=True)
    attempt = fields.Integer(required=True)
    requested_by = fields.String(required=True)
    started_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)
