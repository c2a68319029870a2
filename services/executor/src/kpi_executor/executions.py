"""The read table of executions, kept by inline projection in the events' own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import (
    AGGREGATE,
    ExecutionAttemptFailed,
    ExecutionCancelled,
    ExecutionCancelRequested,
    ExecutionFailed,
    ExecutionParameters,
    ExecutionQueued,
    ExecutionRejected,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
    Plan,
)
from kpi_contracts.schemas import schema_of
from kpi_eventsourcing.read_table import ReadTable
from kpi_eventsourcing.schema import TIMESTAMP
from kpi_executor.execution import FINAL, Status

UNIQUE_COMMAND = "executions_command_id"

metadata = sa.MetaData()
execution_ids = sa.Sequence("execution_ids", metadata=metadata)

executions = sa.Table(
    "executions",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kpi_id", sa.BigInteger),
    sa.Column("kpi_version", sa.Integer),
    sa.Column("kpi_name", sa.Text),
    sa.Column("nl_definition", sa.Text),
    sa.Column("sql", sa.Text),
    sa.Column("parameters", JSON),
    sa.Column("database_type", sa.Text),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("command_id", sa.Uuid),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("requested_at", TIMESTAMP, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("started_at", TIMESTAMP),
    sa.Column("finished_at", TIMESTAMP),
    sa.Column("generated_sql", sa.Text),
    sa.Column("plan", JSON),
    sa.Column("number_of_records", sa.BigInteger, nullable=False),
    sa.Column("limit_reached", sa.Boolean, nullable=False),
    sa.Column("execution_time_ms", sa.Float),
    sa.Column("error_type", sa.Text),
    sa.Column("error_message", sa.Text),
    sa.Index(UNIQUE_COMMAND, "command_id", unique=True),
    sa.Index("executions_of_kpi", "kpi_id", "id"),
)

TABLES = (executions,)
FINAL_STATUSES = [status.value for status in FINAL]

Values = dict[str, Any]

_EXECUTIONS = ReadTable(executions)


def project(connection: sa.Connection, envelopes: Sequence[Envelope]) -> None:
    """Bring the read table up to events of executions; others do not concern it."""
    of_executions = (envelope for envelope in envelopes if envelope.aggregate == AGGREGATE)
    _EXECUTIONS.write(connection, ((envelope, _row(envelope)) for envelope in of_executions))


def _row(envelope: Envelope) -> Values:
    values = PROJECTIONS[type(envelope.data)](envelope, envelope.data)
    if envelope.version > 1:
        return values
    first = {"requested_at": envelope.time, "requested_by": envelope.actor.subject}
    return _FIRST | first | values


_FIRST: Values = {
    "status": Status.PENDING,
    "attempt": 0,
    "cancel_requested": False,
    "number_of_records": 0,
    "limit_reached": False,
}


def _requested(_: Envelope, event: ExecutionRequested) -> Values:
    return {
        "kpi_id": event.kpi_id,
        "kpi_version": event.kpi_version,
        "kpi_name": event.kpi_name,
        "nl_definition": event.nl_definition,
        "sql": event.sql,
        "parameters": schema_of(ExecutionParameters).dump(event.parameters),
        "database_type": event.database_type,
        "origin": event.origin,
        "command_id": event.command_id,
    }


def _rejected(envelope: Envelope, event: ExecutionRejected) -> Values:
    return {
        "kpi_id": event.kpi_id,
        "origin": "bus",
        "command_id": event.command_id,
        "status": Status.FAILED,
        "finished_at": envelope.time,
        "error_type": "rejected",
        "error_message": event.reason,
    }


def _queued(_: Envelope, __: ExecutionQueued) -> Values:
    return {"status": Status.QUEUED}


def _started(envelope: Envelope, event: ExecutionStarted) -> Values:
    return {"status": Status.RUNNING, "attempt": event.attempt, "started_at": envelope.time}


def _attempt_failed(_: Envelope, event: ExecutionAttemptFailed) -> Values:
    return {"error_type": event.error_type, "error_message": event.error_message}


def _cancel_requested(_: Envelope, __: ExecutionCancelRequested) -> Values:
    return {"cancel_requested": True}


def _succeeded(envelope: Envelope, event: ExecutionSucceeded) -> Values:
    return {
        **_ended(envelope, Status.SUCCESS, event),
        "number_of_records": event.manifest.rows,
        "limit_reached": event.limit_reached,
        "error_type": None,
        "error_message": None,
    }


def _failed(envelope: Envelope, event: ExecutionFailed) -> Values:
    return {
        **_ended(envelope, Status.FAILED, event),
        "error_type": event.error_type,
        "error_message": event.error_message,
    }


def _timed_out(envelope: Envelope, event: ExecutionTimedOut) -> Values:
    return {
        **_ended(envelope, Status.TIMEOUT, event),
        "error_type": "timeout",
        "error_message": event.error_message,
    }


def _cancelled(envelope: Envelope, event: ExecutionCancelled) -> Values:
    return _ended(envelope, Status.CANCELLED, event)


def _ended(
    envelope: Envelope,
    status: Status,
    event: ExecutionSucceeded | ExecutionFailed | ExecutionTimedOut | ExecutionCancelled,
) -> Values:
    return {
        "status": status,
        "finished_at": envelope.time,
        "generated_sql": event.sql,
        "plan": schema_of(Plan).dump(event.plan) if event.plan else None,
        "execution_time_ms": event.execution_time_ms,
    }


PROJECTIONS: Mapping[type[DomainEvent], Callable[[Envelope, Any], Values]] = {
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
