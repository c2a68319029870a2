"""The index of executions and KPI names, projected from other services' events.

Every state of an execution is here, so that lists show running ones too. The field names are
those of the REST shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from kpi_contracts import definition as definitions
from kpi_contracts import execution as contract
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
    Manifest,
    Plan,
)
from kpi_contracts.schemas import schema_of
from kpi_eventsourcing.read_table import ReadTable, execute_all
from kpi_eventsourcing.schema import TIMESTAMP

CONSUMER = "results"
SUBJECTS = ("kpi.evt.execution.>", "kpi.evt.definition.>")

SUCCESS = "success"
FINAL = ("success", "failed", "timeout", "cancelled")
STATUSES = ("pending", "queued", "running", *FINAL)

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

metadata = sa.MetaData()

executions = sa.Table(
    "executions",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kpi_id", sa.BigInteger),
    sa.Column("kpi_version", sa.Integer),
    sa.Column("kpi_name", sa.Text),
    sa.Column("nl_definition", sa.Text),
    sa.Column("kg_name", sa.Text),
    sa.Column("select_schema", sa.Text),
    sa.Column("ruleset_name", sa.Text),
    sa.Column("db_type", sa.Text),
    sa.Column("limit_records", sa.BigInteger),
    sa.Column("use_llm", sa.Boolean),
    sa.Column("excluded_fields", JSON),
    sa.Column("generated_sql", sa.Text),
    sa.Column("number_of_records", sa.BigInteger, nullable=False),
    sa.Column("limit_reached", sa.Boolean, nullable=False),
    sa.Column("joined_columns", JSON),
    sa.Column("sql_query_type", sa.Text),
    sa.Column("operation", sa.Text),
    sa.Column("source_table", sa.Text),
    sa.Column("target_table", sa.Text),
    sa.Column("confidence_score", sa.Float),
    sa.Column("explanation", sa.Text),
    sa.Column("engine_version", sa.Text),
    sa.Column("model", sa.Text),
    sa.Column("prompt_sha256", sa.Text),
    sa.Column("remark", sa.Text),
    sa.Column("execution_status", sa.Text, nullable=False),
    sa.Column("execution_timestamp", TIMESTAMP, nullable=False),
    sa.Column("execution_time_ms", sa.Float),
    sa.Column("error_type", sa.Text),
    sa.Column("error_message", sa.Text),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("retry_of", sa.BigInteger),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("started_at", TIMESTAMP),
    sa.Column("finished_at", TIMESTAMP),
    sa.Index("executions_of_kpi", "kpi_id", "id"),
    sa.Index("executions_of_user", "requested_by", "id"),
    sa.Index("executions_by_time", "execution_timestamp"),
)

manifests = sa.Table(
    "manifests",
    metadata,
    sa.Column("execution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("manifest", JSON, nullable=False),
)

kpis = sa.Table(
    "kpis",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("is_deleted", sa.Boolean, nullable=False),
)

TABLES = (executions, manifests, kpis)

Values = dict[str, Any]


_EXECUTIONS = ReadTable(executions)
_KPIS = ReadTable(kpis)
_KEEP_MANIFEST = sa.insert(manifests)
_KPI_OF = sa.select(executions.c.id, executions.c.kpi_id).where(
    executions.c.id == sa.func.any(sa.bindparam("ids", type_=ARRAY(sa.BigInteger)))
)


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Bring the tables up to an event of an execution or a definition."""
    project_many(connection, [envelope])


def project_many(connection: sa.Connection, envelopes: Sequence[Envelope]) -> None:
    """Bring the tables up to some events, those of each aggregate in order."""
    runs = [envelope for envelope in envelopes if envelope.aggregate == contract.AGGREGATE]
    named = [envelope for envelope in envelopes if envelope.aggregate == definitions.AGGREGATE]
    _EXECUTIONS.write(connection, ((envelope, _of_execution(envelope)) for envelope in runs))
    _KPIS.write(connection, ((each, KPI[type(each.data)](each.data)) for each in named))
    execute_all(
        connection,
        _KEEP_MANIFEST,
        [
            _kept(envelope, envelope.data)
            for envelope in runs
            if isinstance(envelope.data, ExecutionSucceeded)
        ],
    )


def kpis_of(connection: sa.Connection, execution_ids: Sequence[int]) -> Mapping[int, int | None]:
    """Return the KPI that each of some executions ran, None for an ad-hoc query."""
    return {row.id: row.kpi_id for row in connection.execute(_KPI_OF, {"ids": execution_ids})}


def _of_execution(envelope: Envelope) -> Values:
    event = envelope.data
    values = EXECUTION[type(event)](envelope, event)
    if isinstance(event, ExecutionRequested | ExecutionRejected):
        return _first(envelope) | values
    return values


def _kept(envelope: Envelope, event: ExecutionSucceeded) -> Values:
    manifest = schema_of(Manifest).dump(event.manifest)
    return {"execution_id": int(envelope.aggregate_id), "manifest": manifest}


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
