"""The read tables of the service, kept by inline projection in the events' own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from kpi_contracts.catalogue import DomainEvent, event_type
from kpi_contracts.definition import (
    AGGREGATE,
    DefinitionCreated,
    DefinitionDeleted,
    DefinitionPinned,
    DefinitionRestored,
    DefinitionRolledBack,
    DefinitionUnpinned,
    DefinitionUpdated,
    FieldChange,
    PinnedReading,
)
from kpi_contracts.envelope import Envelope
from kpi_contracts.schemas import schema_of
from kpi_definitions.definition import changes_meaning
from kpi_definitions.tables import metadata
from kpi_eventsourcing.schema import TIMESTAMP

UNIQUE_NAME = "kpis_name_in_use"

kpi_ids = sa.Sequence("kpi_ids", metadata=metadata)

kpis = sa.Table(
    "kpis",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("alias_name", sa.Text),
    sa.Column("group_name", sa.Text),
    sa.Column("description", sa.Text),
    sa.Column("nl_definition", sa.Text),
    sa.Column("sql_definition", sa.Text),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_at", TIMESTAMP, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("updated_at", TIMESTAMP, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
    sa.Column("deleted_at", TIMESTAMP),
    sa.Column("deleted_by", sa.Text),
    sa.Column("pinned_reading", JSON(none_as_null=True)),
    sa.Index(UNIQUE_NAME, "name", unique=True, postgresql_where=sa.text("deleted_at IS NULL")),
    sa.Index("kpis_group_name", "group_name"),
)

FIELDS = (
    "name",
    "alias_name",
    "group_name",
    "description",
    "nl_definition",
    "sql_definition",
    "is_active",
)

kpi_versions = sa.Table(
    "kpi_versions",
    metadata,
    sa.Column("kpi_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("changes", JSON, nullable=False),
    sa.Column("changed_at", TIMESTAMP, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    *(sa.Column(field, kpis.c[field].type) for field in FIELDS),
)

TABLES = (kpis, kpi_versions)


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Bring the read tables up to an event of a definition; others do not concern them."""
    if envelope.aggregate != AGGREGATE:
        return
    PROJECTIONS[type(envelope.data)](connection, envelope, envelope.data)
    _record_version(connection, envelope)


def _created(connection: sa.Connection, envelope: Envelope, event: DefinitionCreated) -> None:
    connection.execute(
        sa.insert(kpis).values(
            id=int(envelope.aggregate_id),
            version=envelope.version,
            name=event.name,
            alias_name=event.alias_name,
            group_name=event.group_name,
            description=event.description,
            nl_definition=event.nl_definition,
            sql_definition=event.sql_definition,
            is_active=True,
            created_at=envelope.time,
            created_by=envelope.actor.subject,
            updated_at=envelope.time,
            updated_by=envelope.actor.subject,
        )
    )


def _changed(
    connection: sa.Connection,
    envelope: Envelope,
    event: DefinitionUpdated | DefinitionRolledBack,
) -> None:
    values = {change.field: change.new for change in event.changes}
    if changes_meaning(event.changes):
        values["pinned_reading"] = None
    _update(connection, envelope, values)


def _pinned(connection: sa.Connection, envelope: Envelope, event: DefinitionPinned) -> None:
    reading = schema_of(PinnedReading).dump(event.reading)
    _update(connection, envelope, {"pinned_reading": reading})


def _unpinned(connection: sa.Connection, envelope: Envelope, _: DefinitionUnpinned) -> None:
    _update(connection, envelope, {"pinned_reading": None})


def _deleted(connection: sa.Connection, envelope: Envelope, _: DefinitionDeleted) -> None:
    gone = {"deleted_at": envelope.time, "deleted_by": envelope.actor.subject}
    _update(connection, envelope, gone)


def _restored(connection: sa.Connection, envelope: Envelope, _: DefinitionRestored) -> None:
    _update(connection, envelope, {"deleted_at": None, "deleted_by": None})


def _update(connection: sa.Connection, envelope: Envelope, values: Mapping[str, Any]) -> None:
    connection.execute(
        sa.update(kpis)
        .where(kpis.c.id == int(envelope.aggregate_id))
        .values(
            version=envelope.version,
            updated_at=envelope.time,
            updated_by=envelope.actor.subject,
            **values,
        )
    )


def _record_version(connection: sa.Connection, envelope: Envelope) -> None:
    changes: Sequence[FieldChange] = getattr(envelope.data, "changes", ())
    snapshot = sa.select(
        kpis.c.id,
        kpis.c.version,
        sa.literal(event_type(type(envelope.data)).verb),
        sa.literal([asdict(change) for change in changes], JSON),
        kpis.c.updated_at,
        kpis.c.updated_by,
        *(kpis.c[field] for field in FIELDS),
    ).where(kpis.c.id == int(envelope.aggregate_id))
    columns = ["kpi_id", "version", "action", "changes", "changed_at", "changed_by", *FIELDS]
    connection.execute(sa.insert(kpi_versions).from_select(columns, snapshot))


PROJECTIONS: Mapping[type[DomainEvent], Callable[[sa.Connection, Envelope, Any], None]] = {
    DefinitionCreated: _created,
    DefinitionUpdated: _changed,
    DefinitionRolledBack: _changed,
    DefinitionDeleted: _deleted,
    DefinitionRestored: _restored,
    DefinitionPinned: _pinned,
    DefinitionUnpinned: _unpinned,
}
