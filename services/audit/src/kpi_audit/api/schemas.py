"""The JSON shapes of history, metrics and tracking."""

from __future__ import annotations

from marshmallow import fields, validate

from kpi_audit.tracking import STATUSES
from kpi_service.paging import MAX_LIMIT, PageQuery, PageSchema
from kpi_service.schemas import Id, Instant, Schema

MAX_DAYS = 3660
_PERIOD = validate.Range(1, MAX_DAYS)


class AuditEntry(Schema):
    """Something that somebody did to a KPI."""

    id = fields.Integer(required=True, metadata={"description": "Place in the audit log."})
    kpi_id = Id(required=True)
    action = fields.String(
        required=True,
        metadata={
            "description": "CREATE, UPDATE, DELETE, RESTORE, ROLLBACK, PIN, UNPIN; EXECUTE, RETRY,"
            " CANCEL, REJECT; VIEW, EXPORT, EXPIRE (of rows); SET_RETENTION, REMOVE_RETENTION;"
            " ASSIGN, COMMENT (of a break)"
        },
    )
    performed_by = fields.String(required=True)
    performed_at = Instant(required=True)
    changes = fields.Raw(
        required=True,
        allow_none=True,
        metadata={
            "type": ["object", "null"],
            "description": "CREATE: the fields. UPDATE and ROLLBACK: old and new by field."
            " Otherwise what there is to say, such as the rows that were shown.",
        },
    )
    version = fields.Integer(required=True, allow_none=True)
    execution_id = fields.String(required=True, allow_none=True)
    execution_status = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "How the execution ended; null while it has not."},
    )


class AuditLog(PageSchema):
    """A page of what was done to a KPI, newest first."""

    success = fields.Boolean(required=True)
    kpi_id = Id(required=True)
    audit_log = fields.List(fields.Nested(AuditEntry), required=True)


class MetricsQuery(PageQuery):
    """Which days to show."""

    days = fields.Integer(
        validate=_PERIOD, metadata={"description": "Look back so many days; left out: all."}
    )


class Metric(Schema):
    """One day (UTC) of a KPI."""

    kpi_id = Id(required=True)
    metric_date = fields.Date(required=True)
    total_executions = fields.Integer(required=True)
    successful_executions = fields.Integer(required=True)
    failed_executions = fields.Integer(required=True)
    avg_execution_time_ms = fields.Float(required=True)
    avg_records_returned = fields.Integer(required=True)


class Metrics(PageSchema):
    """A page of days, newest first."""

    success = fields.Boolean(required=True)
    kpi_id = Id(required=True)
    metrics = fields.List(fields.Nested(Metric), required=True)


class ExecutionsQuery(Schema):
    """Which executions of a user to list."""

    limit = fields.Integer(load_default=100, validate=validate.Range(1, MAX_LIMIT))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 2**53))
    status = fields.String(validate=validate.OneOf(STATUSES))
    database_type = fields.String(validate=validate.Length(1, 50))


class Execution(Schema):
    """An execution that has ended; `execution_time` in seconds."""

    id = fields.Integer(required=True)
    execution_id = fields.String(required=True)
    kpi_id = Id(required=True, allow_none=True)
    conversation_id = fields.String(required=True, allow_none=True)
    query = fields.String(required=True)
    database_type = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    execution_time = fields.Float(required=True)
    total_rows = fields.Integer(required=True)
    error_type = fields.String(required=True, allow_none=True)
    error_message = fields.String(required=True, allow_none=True)
    started_at = Instant(required=True)
    completed_at = Instant(required=True)
    request_metadata = fields.Dict(keys=fields.String(), required=True)


class Executions(Schema):
    """A page of a user's executions, newest first; `count` is that of this page."""

    success = fields.Boolean(required=True)
    user_id = fields.String(required=True)
    executions = fields.List(fields.Nested(Execution), required=True)
    count = fields.Integer(required=True)
    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)


class StatsQuery(Schema):
    """The period of statistics."""

    days = fields.Integer(load_default=7, validate=_PERIOD)


class Stats(Schema):
    """Statistics of a period: times in seconds, rate in percent."""

    success = fields.Boolean(required=True)
    period_days = fields.Integer(required=True)
    total_executions = fields.Integer(required=True)
    success_count = fields.Integer(required=True)
    failed_count = fields.Integer(required=True)
    error_count = fields.Integer(required=True)
    timeout_count = fields.Integer(required=True)
    success_rate = fields.Float(required=True)
    avg_execution_time = fields.Float(required=True)
    max_execution_time = fields.Float(required=True)
    total_rows_processed = fields.Integer(required=True)


class UserStats(Stats):
    """Statistics of one user."""

    user_id = fields.String(required=True)


class DatabaseStat(Schema):
    """One kind of database; `failed_count` is everything without success."""

    database_type = fields.String(required=True)
    execution_count = fields.Integer(required=True)
    success_count = fields.Integer(required=True)
    failed_count = fields.Integer(required=True)
    avg_execution_time = fields.Float(required=True)


class DatabaseStats(Schema):
    """Statistics by database type, the busiest first."""

    success = fields.Boolean(required=True)
    database_stats = fields.List(fields.Nested(DatabaseStat), required=True)


class UserDatabaseStats(DatabaseStats):
    """Statistics of one user by database type."""

    user_id = fields.String(required=True)
