"""What each event says of its row in the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import (
    DefinitionCreated,
    DefinitionDeleted,
    DefinitionRestored,
    DefinitionRolledBack,
    DefinitionUpdated,
)
from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import (
    ExecutionAttemptFailed,
    ExecutionCancelled,
    ExecutionCancelRequested,
    ExecutionFailed,
    ExecutionQueued,
    ExecutionRejected,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
    Plan,
)
from kpi_contracts.schemas import schema_of
from kpi_results.statuses import SUCCESS

PLAN = (
    "sql_query_type",
    "operation",
    "joined_columns",
    "source_table",
    "target_table",
    "confidence_score",
    "explanation",
    "engine_version",
    "model",
    "prompt_sha256",
    "remark",
)

Values = dict[str, Any]


def of_execution(envelope: Envelope) -> Values:
    """Return what an event of an execution says of its row, by column."""
    event = envelope.data
    values = EXECUTION[type(event)](envelope, event)
    if isinstance(event, ExecutionRequested | ExecutionRejected):
        return _first(envelope) | values
    return values


def of_kpi(envelope: Envelope) -> Values:
    """Return what an event of a definition says of its KPI's row, by column."""
    return KPI[type(envelope.data)](envelope.data)


def _first(envelope: Envelope) -> Values:
    return {
        "number_of_records": 0,
        "limit_reached": False,
        "attempt": 0,
        "execution_timestamp": envelope.time,
        "requested_by": envelope.actor.subject,
    }


def _requested(_: Envelope, event: ExecutionRequested) -> Values:
    parameters = event.parameters
    return {
        "execution_status": "pending",
        "origin": event.origin,
        "retry_of": event.retry_of,
        "kpi_id": event.kpi_id,
        "kpi_version": event.kpi_version,
        "kpi_name": event.kpi_name,
        "nl_definition": event.nl_definition,
        "kg_name": parameters.kg_name,
        "select_schema": parameters.select_schema,
        "ruleset_name": parameters.ruleset_name,
        "db_type": event.database_type or parameters.db_type,
        "limit_records": parameters.limit_records,
        "use_llm": parameters.use_llm,
        "excluded_fields": list(parameters.excluded_fields),
        "generated_sql": event.sql,
    }


def _rejected(envelope: Envelope, event: ExecutionRejected) -> Values:
    return {
        "execution_status": "failed",
        "origin": "bus",
        "kpi_id": event.kpi_id,
        "finished_at": envelope.time,
        "error_type": "rejected",
        "error_message": event.reason,
    }


def _queued(_: Envelope, __: ExecutionQueued) -> Values:
    return {"execution_status": "queued"}


def _started(envelope: Envelope, event: ExecutionStarted) -> Values:
    return {
        "execution_status": "running",
        "attempt": event.attempt,
        "started_at": envelope.time,
    }


def _attempt_failed(_: Envelope, event: ExecutionAttemptFailed) -> Values:
    return {"error_type": event.error_type, "error_message": event.error_message}


def _cancel_requested(_: Envelope, __: ExecutionCancelRequested) -> Values:
    return {}


def _succeeded(envelope: Envelope, event: ExecutionSucceeded) -> Values:
    return {
        **_ended(envelope, event),
        "execution_status": SUCCESS,
        "number_of_records": event.manifest.rows,
        "limit_reached": event.limit_reached,
        "error_type": None,
        "error_message": None,
    }


def _failed(envelope: Envelope, event: ExecutionFailed) -> Values:
    return {
        **_ended(envelope, event),
        "execution_status": "failed",
        "error_type": event.error_type,
        "error_message": event.error_message,
    }


def _timed_out(envelope: Envelope, event: ExecutionTimedOut) -> Values:
    return {
        **_ended(envelope, event),
        "execution_status": "timeout",
        "error_type": "timeout",
        "error_message": event.error_message,
    }


def _cancelled(envelope: Envelope, event: ExecutionCancelled) -> Values:
    return {**_ended(envelope, event), "execution_status": "cancelled"}


def _ended(
    envelope: Envelope,
    event: ExecutionSucceeded | ExecutionFailed | ExecutionTimedOut | ExecutionCancelled,
) -> Values:
    values: Values = {"finished_at": envelope.time, "execution_time_ms": event.execution_time_ms}
    if event.sql is not None:
        values["generated_sql"] = event.sql
    if event.plan is not None:
        plan = schema_of(Plan).dump(event.plan)
        values |= {name: plan[name] for name in PLAN}
    return values


def _kpi_created(event: DefinitionCreated) -> Values:
    return {"name": event.name, "is_deleted": False}


def _kpi_changed(event: DefinitionUpdated | DefinitionRolledBack) -> Values:
    return {change.field: change.new for change in event.changes if change.field == "name"}


def _kpi_deleted(_: DefinitionDeleted) -> Values:
    return {"is_deleted": True}


def _kpi_restored(_: DefinitionRestored) -> Values:
    return {"is_deleted": False}


EXECUTION: Mapping[type[DomainEvent], Callable[[Envelope, Any], Values]] = {
    ExecutionRequested: _requested,
    ExecutionRejected: _rejected,
    ExecutionQueued: _queued,
    ExecutionStarted: _started,
    ExecutionAttemptFailed: _attempt_failed,
    ExecutionCancelRequested: _cancel_requested,
    ExecutionSucceeded: _succeeded,
    ExecutionFailed: _failed,
    ExecutionTimedOut: _timed_out,
    ExecutionCancelled: _cancelled,
}
KPI: Mapping[type[DomainEvent], Callable[[Any], Values]] = {
    DefinitionCreated: _kpi_created,
    DefinitionUpdated: _kpi_changed,
    DefinitionRolledBack: _kpi_changed,
    DefinitionDeleted: _kpi_deleted,
    DefinitionRestored: _kpi_restored,
}
