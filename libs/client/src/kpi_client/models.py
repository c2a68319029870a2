"""Shapes of the API's answers.

They are plain dictionaries as the JSON gives them. Services may add fields, so every
field is declared as possibly absent and none is dropped. Times are RFC 3339 strings
in UTC; ``*_ms`` are milliseconds, other durations seconds.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

Row = dict[str, Any]
SortOrder = Literal["asc", "desc"]
ExportFormat = Literal["csv", "excel", "json", "ndjson", "parquet", "pdf"]

FINISHED = frozenset({"success", "failed", "timeout", "cancelled", "rejected"})


class Kpi(TypedDict, total=False):
    """A KPI definition; ``version`` is its aggregate version, from 1."""

    id: int
    name: str
    alias_name: str | None
    group_name: str | None
    description: str | None
    nl_definition: str | None
    sql_definition: str | None
    created_at: str
    updated_at: str
    created_by: str | None
    is_active: bool
    version: int


class KpiFields(TypedDict, total=False):
    """What a caller may set on a KPI."""

    name: str
    alias_name: str | None
    group_name: str | None
    description: str | None
    nl_definition: str
    sql_definition: str | None
    is_active: bool


class KpiList(TypedDict, total=False):
    """One page of KPIs; ``total`` counts all pages."""

    success: bool
    total: int
    kpis: list[Kpi]


class PinnedReading(TypedDict, total=False):
    """SQL that was approved for a KPI's sentence on one graph; a preview has all of it."""

    kg_name: str
    sql: str
    explanation: str | None
    sql_query_type: str | None
    operation: str | None
    source_table: str | None
    target_table: str | None
    joined_columns: list[list[str]]


class ExecutionParameters(TypedDict, total=False):
    """How to run a KPI; the service has a default for each."""

    kg_name: str
    select_schema: str
    ruleset_name: str
    db_type: str
    limit_records: int | None
    use_llm: bool
    excluded_fields: list[str]
    timeout_seconds: float
    max_attempts: int


class Execution(TypedDict, total=False):
    """One run of a KPI; ``result_data`` holds its first rows where the endpoint gives any."""

    id: int
    kpi_id: int
    kg_name: str
    select_schema: str
    ruleset_name: str | None
    db_type: str
    limit_records: int | None
    use_llm: bool
    excluded_fields: list[str] | None
    generated_sql: str | None
    number_of_records: int
    limit_reached: bool
    joined_columns: list[list[str]] | None
    sql_query_type: str | None
    operation: str | None
    execution_status: str
    execution_timestamp: str
    execution_time_ms: float | None
    confidence_score: float | None
    error_message: str | None
    result_data: list[Row] | None
    source_table: str | None
    target_table: str | None


class ExecutionList(TypedDict, total=False):
    """One page of executions, newest first."""

    success: bool
    total: int
    executions: list[Execution]


class Job(TypedDict, total=False):
    """State of an asynchronous execution; ``result`` once it has ended."""

    success: bool
    job_id: str
    execution_id: int
    status: str
    status_url: str
    result: Execution | None
    error: str | None
    created_at: str


class Batch(TypedDict, total=False):
    """Outcome of a batch: per KPI a result or an error."""

    success: bool
    total: int
    successful: int
    failed: int
    results: list[Execution]
    errors: list[dict[str, Any]]


class Drilldown(TypedDict, total=False):
    """One page of an execution's rows; pages count from 1."""

    success: bool
    execution_id: int
    kpi_name: str
    total_records: int
    page: int
    page_size: int
    total_pages: int
    columns: list[str]
    data: list[Row]
    generated_sql: str


class AuditEntry(TypedDict, total=False):
    """Who did what to a KPI, and when."""

    id: int
    kpi_id: int
    action: str
    performed_by: str
    performed_at: str
    changes: dict[str, Any] | None


class AuditLog(TypedDict, total=False):
    """One page of a KPI's audit log, newest first."""

    success: bool
    total: int
    audit_log: list[AuditEntry]


class Source(TypedDict, total=False):
    """A data source; its secrets are never part of an answer.

    ``location`` is a path or a URL without a password.
    """

    id: int
    name: str
    kind: str
    location: str


class SourceList(TypedDict, total=False):
    """All data sources."""

    success: bool
    total: int
    sources: list[Source]


class ServiceHealth(TypedDict):
    """Whether one service is ready and, where it is not, what it misses."""

    service: str
    ready: bool
    missing: list[str]
