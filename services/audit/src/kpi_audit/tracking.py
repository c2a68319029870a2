"""Every execution with its query, end and time. A projection of the log.

`status` knows four ends, as the tracking API does; each of ours becomes one of them:

| event       | status  | error_type            |
|-------------|---------|-----------------------|
| succeeded   | success |                       |
| failed      | failed  | the executor's        |
| timed_out   | timeout | timeout               |
| cancelled   | failed  | cancelled             |
| rejected    | error   | rejected              |

`error` thus means that nothing was run. It is NULL until the execution has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import (
    ExecutionCancelled,
    ExecutionFailed,
    ExecutionRejected,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
)
from kpi_contracts.schemas import schema_of
from kpi_eventsourcing.schema import TIMESTAMP

STATUSES = ("success", "failed", "timeout", "error")
UNKNOWN_DATABASE = "unknown"

metadata = sa.MetaData()

query_executions = sa.Table(
    "query_executions",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False, comment="in the log"),
    sa.Column("execution_id", sa.Text, nullable=False, unique=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("conversation_id", sa.Text),
    sa.Column("kpi_id", sa.BigInteger),
    sa.Column("query", sa.Text, nullable=False, comment="the SQL; before it is known, the text"),
    sa.Column("database_type", sa.Text, nullable=False),
    sa.Column("status", sa.Text, sa.CheckConstraint(f"status IN {STATUSES}")),
    sa.Column("execution_time", sa.Double, comment="seconds"),
    sa.Column("total_rows", sa.BigInteger),
    sa.Column("error_type", sa.Text),
    sa.Column("error_message", sa.Text),
    sa.Column("started_at", TIMESTAMP, nullable=False),
    sa.Column("completed_at", TIMESTAMP),
    sa.Column("request_metadata", JSON, nullable=False),
    sa.Index("query_executions_user", "user_id", "started_at"),
    sa.Index("query_executions_kpi", "kpi_id", "started_at"),
    sa.Index("query_executions_started", "started_at"),
)

Values = dict[str, Any]

_STARTED = (
    sa.update(query_executions)
    .where(query_executions.c.execution_id == sa.bindparam("execution"))
    .values(started_at=sa.bindparam("begun"))
)
_ENDED = (
    sa.update(query_executions)
    .where(query_executions.c.execution_id == sa.bindparam("execution"))
    .values(
        status=sa.bindparam("end"),
        execution_time=sa.bindparam("seconds"),
        total_rows=sa.bindparam("rows"),
        error_type=sa.bindparam("fault"),
        error_message=sa.bindparam("message"),
        completed_at=sa.bindparam("ended"),
        query=sa.func.coalesce(sa.bindparam("sql"), query_executions.c.query),
    )
)


def project(connection: sa.Connection, events: Iterable[tuple[int, Envelope]]) -> None:
    """Bring the table up to some events, given with their places in the log.

    Kind by kind: of an execution, first comes the request, then starts, then an end.
    """
    requested: list[Values] = []
    started: list[Values] = []
    ended: list[Values] = []
    for seq, envelope in events:
        match envelope.data:
            case ExecutionRequested() as event:
                requested.append(_requested(seq, envelope, event))
            case ExecutionRejected() as event:
                requested.append(_rejected(seq, envelope, event))
            case ExecutionStarted():
                started.append({"execution": envelope.aggregate_id, "begun": envelope.time})
            case event if type(event) in ENDS:
                ended.append(_ended(envelope) | ENDS[type(event)](event))
    for statement, rows in (
        (sa.insert(query_executions), requested),
        (_STARTED, started),
        (_ENDED, ended),
    ):
        if rows:
            connection.execute(statement, rows)


def _requested(seq: int, envelope: Envelope, event: ExecutionRequested) -> Values:
    return _inserted(seq, envelope) | {
        "conversation_id": event.conversation_id,
        "kpi_id": event.kpi_id,
        "query": event.sql or event.nl_definition or "",
        "database_type": event.database_type or event.parameters.db_type or UNKNOWN_DATABASE,
        "request_metadata": {
            "origin": event.origin,
            "kpi_name": event.kpi_name,
            "kpi_version": event.kpi_version,
            "nl_definition": event.nl_definition,
            "parameters": schema_of(type(event.parameters)).dump(event.parameters),
        },
    }


def _rejected(seq: int, envelope: Envelope, event: ExecutionRejected) -> Values:
    return _inserted(seq, envelope) | {
        "kpi_id": event.kpi_id,
        "status": "error",
        "error_type": "rejected",
        "error_message": event.reason,
        "execution_time": 0.0,
        "total_rows": 0,
        "completed_at": envelope.time,
    }


def _inserted(seq: int, envelope: Envelope) -> Values:
    # Every row names every column: they are inserted by one statement.
    return {
        "id": seq,
        "execution_id": envelope.aggregate_id,
        "user_id": envelope.actor.subject,
        "conversation_id": None,
        "query": "",
        "database_type": UNKNOWN_DATABASE,
        "status": None,
        "execution_time": None,
        "total_rows": None,
        "error_type": None,
        "error_message": None,
        "started_at": envelope.time,
        "completed_at": None,
        "request_metadata": {},
    }


def _ended(envelope: Envelope) -> Values:
    return {
        "execution": envelope.aggregate_id,
        "ended": envelope.time,
        "rows": 0,
        "fault": None,
        "message": None,
    }


def _succeeded(event: ExecutionSucceeded) -> Values:
    rows = event.manifest.rows
    return _end("success", event.sql, event.execution_time_ms) | {"rows": rows}


def _failed(event: ExecutionFailed) -> Values:
    faults = {"fault": event.error_type, "message": event.error_message}
    return _end("failed", event.sql, event.execution_time_ms) | faults


def _timed_out(event: ExecutionTimedOut) -> Values:
    faults = {"fault": "timeout", "message": event.error_message}
    seconds = event.execution_time_ms or event.timeout_seconds * 1000
    return _end("timeout", event.sql, seconds) | faults


def _cancelled(event: ExecutionCancelled) -> Values:
    faults = {"fault": "cancelled", "message": "the execution was stopped on request"}
    return _end("failed", event.sql, event.execution_time_ms) | faults


def _end(status: str, sql: str | None, milliseconds: float | None) -> Values:
    return {"end": status, "sql": sql, "seconds": (milliseconds or 0.0) / 1000}


ENDS: Mapping[type[DomainEvent], Callable[[Any], Values]] = {
    ExecutionSucceeded: _succeeded,
    ExecutionFailed: _failed,
    ExecutionTimedOut: _timed_out,
    ExecutionCancelled: _cancelled,
}
