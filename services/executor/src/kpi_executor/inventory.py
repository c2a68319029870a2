"""The read tables of sources, graphs and rulesets, and where secrets and graph contents lie.

`graph_contents` and `source_secrets` are written by the handlers, not projected: a graph's
content is too large for an event, and a secret has no place in one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON, insert

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope
from kpi_contracts.graph import GraphBuilt, GraphDrifted, GraphRefreshed
from kpi_contracts.ruleset import RulesetStored
from kpi_contracts.source import SourceRegistered, SourceRemoved, SourceUpdated
from kpi_eventsourcing.schema import TIMESTAMP
from kpi_executor.executions import metadata

UNIQUE_SOURCE_NAME = "sources_name_in_use"
UNIQUE_GRAPH_NAME = "graphs_name"
UNIQUE_RULESET_NAME = "rulesets_name_key"  # as Postgres calls it

source_ids = sa.Sequence("source_ids", metadata=metadata)
graph_ids = sa.Sequence("graph_ids", metadata=metadata)
ruleset_ids = sa.Sequence("ruleset_ids", metadata=metadata)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("created_at", TIMESTAMP, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("updated_at", TIMESTAMP, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
    sa.Column("removed_at", TIMESTAMP),
    sa.Index(
        UNIQUE_SOURCE_NAME, "name", unique=True, postgresql_where=sa.text("removed_at IS NULL")
    ),
)

source_secrets = sa.Table(
    "source_secrets",
    metadata,
    sa.Column("source_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
)

graphs = sa.Table(
    "graphs",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("source_id", sa.BigInteger, nullable=False),
    sa.Column("schemas", JSON, nullable=False),
    sa.Column("tables", sa.Integer, nullable=False),
    sa.Column("joins", sa.Integer, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("built_at", TIMESTAMP, nullable=False),
    sa.Column("built_by", sa.Text, nullable=False),
    sa.Index(UNIQUE_GRAPH_NAME, "name", unique=True),
)

graph_contents = sa.Table(
    "graph_contents",
    metadata,
    sa.Column("graph_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", JSON, nullable=False),
)

rulesets = sa.Table(
    "rulesets",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("content", JSON, nullable=False),
    sa.Column("updated_at", TIMESTAMP, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
)

TABLES = (sources, graphs, rulesets)


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Bring the read tables up to an event of a source or graph; others do not concern them."""
    projection = PROJECTIONS.get(type(envelope.data))
    if projection is not None:
        projection(connection, envelope, envelope.data)


def keep_secret(connection: sa.Connection, source_id: int, ciphertext: bytes) -> None:
    """Store the encrypted secret of a source, in the place of the one before."""
    connection.execute(
        insert(source_secrets)
        .values(source_id=source_id, ciphertext=ciphertext)
        .on_conflict_do_update(index_elements=["source_id"], set_={"ciphertext": ciphertext})
    )


def forget_secret(connection: sa.Connection, source_id: int) -> None:
    """Delete the secret of a source, if it has one."""
    connection.execute(sa.delete(source_secrets).where(source_secrets.c.source_id == source_id))


def keep_content(
    connection: sa.Connection, graph_id: int, version: int, content: Mapping[str, Any]
) -> None:
    """Store what a version of a graph holds."""
    row = {"graph_id": graph_id, "version": version, "content": {**content, "version": version}}
    connection.execute(sa.insert(graph_contents).values(row))


def newest_content(connection: sa.Connection, graph_id: int) -> dict[str, Any]:
    """Return what the newest version of a graph holds."""
    contents = graph_contents.c
    query = sa.select(contents.content).where(contents.graph_id == graph_id)
    newest = query.order_by(contents.version.desc()).limit(1)
    content: dict[str, Any] = connection.execute(newest).scalar_one()
    return content


def _registered(connection: sa.Connection, envelope: Envelope, event: SourceRegistered) -> None:
    connection.execute(
        sa.insert(sources).values(
            id=int(envelope.aggregate_id),
            version=envelope.version,
            name=event.name,
            kind=event.kind,
            location=event.location,
            created_at=envelope.time,
            created_by=envelope.actor.subject,
            updated_at=envelope.time,
            updated_by=envelope.actor.subject,
        )
    )


def _updated(connection: sa.Connection, envelope: Envelope, event: SourceUpdated) -> None:
    _change_source(connection, envelope, {item.field: item.new for item in event.changes})


def _removed(connection: sa.Connection, envelope: Envelope, _: SourceRemoved) -> None:
    _change_source(connection, envelope, {"removed_at": envelope.time})


def _change_source(
    connection: sa.Connection, envelope: Envelope, values: Mapping[str, Any]
) -> None:
    connection.execute(
        sa.update(sources)
        .where(sources.c.id == int(envelope.aggregate_id))
        .values(
            version=envelope.version,
            updated_at=envelope.time,
            updated_by=envelope.actor.subject,
            **values,
        )
    )


def _built(connection: sa.Connection, envelope: Envelope, event: GraphBuilt) -> None:
    connection.execute(
        sa.insert(graphs).values(
            id=int(envelope.aggregate_id),
            version=envelope.version,
            name=event.name,
            source_id=event.source_id,
            schemas=list(event.schemas),
            tables=event.tables,
            joins=event.joins,
            fingerprint=event.fingerprint,
            built_at=envelope.time,
            built_by=envelope.actor.subject,
        )
    )


def _drifted(connection: sa.Connection, envelope: Envelope, _: GraphDrifted) -> None:
    connection.execute(
        sa.update(graphs)
        .where(graphs.c.id == int(envelope.aggregate_id))
        .values(version=envelope.version)
    )


def _refreshed(connection: sa.Connection, envelope: Envelope, event: GraphRefreshed) -> None:
    connection.execute(
        sa.update(graphs)
        .where(graphs.c.id == int(envelope.aggregate_id))
        .values(
            version=envelope.version,
            tables=event.tables,
            joins=event.joins,
            fingerprint=event.fingerprint,
            built_at=envelope.time,
            built_by=envelope.actor.subject,
        )
    )


def _stored(connection: sa.Connection, envelope: Envelope, event: RulesetStored) -> None:
    values = {
        "version": envelope.version,
        "name": event.name,
        "content": {"name": event.name, "rules": list(event.rules)},
        "updated_at": envelope.time,
        "updated_by": envelope.actor.subject,
    }
    connection.execute(
        insert(rulesets)
        .values(id=int(envelope.aggregate_id), **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


PROJECTIONS: Mapping[type[DomainEvent], Callable[[sa.Connection, Envelope, Any], None]] = {
    SourceRegistered: _registered,
    SourceUpdated: _updated,
    SourceRemoved: _removed,
    GraphBuilt: _built,
    GraphRefreshed: _refreshed,
    GraphDrifted: _drifted,
    RulesetStored: _stored,
}
