"""The JSON shapes of previews."""

from __future__ import annotations

from marshmallow import fields, validate

from kpi_executor.api.run_schemas import MOST_RECORDS, Parameters, RunRequest
from kpi_service.schemas import Schema


def _limit() -> fields.Integer:
    """Return the limit of a preview: none unless asked for, since its SQL may be pinned."""
    return fields.Integer(
        load_default=None,
        strict=True,
        allow_none=True,
        validate=validate.Range(1, MOST_RECORDS),
        metadata={
            "description": "Limit to write into the SQL. Leave it out of SQL that is to be pinned:"
            " every run has a limit of its own."
        },
    )


class PreviewRequest(Parameters):
    """A sentence to read, without running anything."""

    nl_definition = fields.String(required=True, validate=validate.Length(1, 2000))
    limit_records = _limit()


class KpiPreviewRequest(RunRequest):
    """A KPI to read, without running anything."""

    limit_records = _limit()


class Alternative(Schema):
    """Another way to read the sentence."""

    explanation = fields.String(required=True)
    confidence = fields.Float(required=True)
    generated_sql = fields.String(
        metadata={"description": "The query of a language model that reads it so."}
    )
    model = fields.String(metadata={"description": "The language model that reads it so."})


class PreviewAnswer(Schema):
    """How a sentence is read: reading, SQL, confidence and alternatives; or why it is not."""

    success = fields.Boolean(required=True)
    nl_definition = fields.String(required=True, allow_none=True)
    understood = fields.Boolean(required=True)
    explanation = fields.String(required=True, allow_none=True)
    generated_sql = fields.String(required=True, allow_none=True)
    sql_query_type = fields.String(required=True, allow_none=True)
    operation = fields.String(required=True, allow_none=True)
    joined_columns = fields.List(fields.List(fields.String()), required=True)
    source_table = fields.String(required=True, allow_none=True)
    target_table = fields.String(required=True, allow_none=True)
    confidence_score = fields.Float(required=True, allow_none=True)
    alternatives = fields.List(fields.Nested(Alternative), required=True)
    unknown_words = fields.List(fields.String(), required=True)
    closest = fields.List(fields.String(), required=True)
    plan = fields.Raw(required=True, allow_none=True)
    engine_version = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    prompt_sha256 = fields.String(required=True, allow_none=True)
    remark = fields.String(required=True, allow_none=True)
    graph_version = fields.Integer(required=True)
