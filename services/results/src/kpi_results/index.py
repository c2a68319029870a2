"""The index of executions and KPI names, projected from other services' events.

Every state of an execution is here, so that lists show running ones too. The field names are
those of the REST shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from kpi_contracts import definition as definitions
from kpi_contracts import execution as contract
from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import ExecutionSucceeded, Manifest
from kpi_contracts.schemas import schema_of
from kpi_eventsourcing.read_table import ReadTable, execute_all
from kpi_eventsourcing.schema import TIMESTAMP
from kpi_results.index_values import Values, of_execution, of_kpi

CONSUMER = "results"
SUBJECTS = ("kpi.evt.execution.>", "kpi.evt.definition.>")

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
    _EXECUTIONS.write(connection, ((envelope, of_execution(envelope)) for envelope in runs))
    _KPIS.write(connection, ((envelope, of_kpi(envelope)) for envelope in named))
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


def _kept(envelope: Envelope, event: ExecutionSucceeded) -> Values:
    manifest = schema_of(Manifest).dump(event.manifest)
    return {"execution_id": int(envelope.aggregate_id), "manifest": manifest}
