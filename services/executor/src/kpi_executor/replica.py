"""The executor's own copy of the KPI definitions, kept from `definition.*` events."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import (
    DefinitionCreated,
    DefinitionDeleted,
    DefinitionPinned,
    DefinitionRestored,
    DefinitionRolledBack,
    DefinitionUnpinned,
    DefinitionUpdated,
    PinnedReading,
)
from kpi_contracts.envelope import Envelope
from kpi_contracts.schemas import schema_of
from kpi_contracts.subjects import events_of
from kpi_executor.errors import UnknownKpi, VersionNotReached
from kpi_executor.executions import metadata

CONSUMER = "executor-definitions"
SUBJECTS = (events_of("definition"),)
WAIT_SECONDS = 2.0
POLL_SECONDS = 0.01

kpis = sa.Table(
    "kpis",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("nl_definition", sa.Text),
    sa.Column("sql_definition", sa.Text),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("is_deleted", sa.Boolean, nullable=False),
    sa.Column("pinned", JSON(none_as_null=True)),
)

TABLES = (kpis,)
KEPT = ("name", "nl_definition", "sql_definition", "is_active")


@dataclass(frozen=True, slots=True)
class Kpi:
    """What a run needs to know of a KPI."""

    id: int
    version: int
    name: str
    nl_definition: str | None
    sql_definition: str | None
    pinned: PinnedReading | None = None


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Bring the copy up to an event of a definition."""
    values = PROJECTIONS[type(envelope.data)](envelope.data)
    kpi_id = int(envelope.aggregate_id)
    if envelope.version == 1:
        connection.execute(sa.insert(kpis).values(id=kpi_id, version=1, **values))
    else:
        connection.execute(
            sa.update(kpis).where(kpis.c.id == kpi_id).values(version=envelope.version, **values)
        )


def find(connection: sa.Connection, kpi_id: int, at_least: int | None = None) -> Kpi:
    """Return a KPI that can be run.

    Raises:
        UnknownKpi: it does not exist here, is deleted or inactive.
        VersionNotReached: the copy is older than version `at_least`.

    """
    row = connection.execute(sa.select(kpis).where(kpis.c.id == kpi_id)).one_or_none()
    held = row.version if row is not None else 0
    if at_least is not None and held < at_least:
        raise VersionNotReached(kpi_id, at_least, held)
    if row is None:
        raise UnknownKpi(kpi_id, "does not exist")
    if row.is_deleted:
        raise UnknownKpi(kpi_id, "was deleted")
    if not row.is_active:
        raise UnknownKpi(kpi_id, "is not active; set is_active to run it")
    pinned = schema_of(PinnedReading).load(row.pinned) if row.pinned else None
    return Kpi(row.id, row.version, row.name, row.nl_definition, row.sql_definition, pinned)


def wait_for_version(engine: sa.Engine, kpi_id: int, version: int) -> None:
    """Wait (at most 2 s) until the copy holds a version of a KPI; raises VersionNotReached."""
    query = sa.select(kpis.c.version).where(kpis.c.id == kpi_id)
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        with engine.connect() as connection:
            held = connection.execute(query).scalar() or 0
        if held >= version:
            return
        if time.monotonic() > deadline:
            raise VersionNotReached(kpi_id, version, held)
        time.sleep(POLL_SECONDS)


def _created(event: DefinitionCreated) -> Mapping[str, Any]:
    return {
        "name": event.name,
        "nl_definition": event.nl_definition,
        "sql_definition": event.sql_definition,
        "is_active": True,
        "is_deleted": False,
    }


def _changed(event: DefinitionUpdated | DefinitionRolledBack) -> Mapping[str, Any]:
    values = {change.field: change.new for change in event.changes if change.field in KEPT}
    if "nl_definition" in values or "sql_definition" in values:
        values["pinned"] = None
    return values


def _pinned(event: DefinitionPinned) -> Mapping[str, Any]:
    return {"pinned": schema_of(PinnedReading).dump(event.reading)}


def _unpinned(_: DefinitionUnpinned) -> Mapping[str, Any]:
    return {"pinned": None}


def _deleted(_: DefinitionDeleted) -> Mapping[str, Any]:
    return {"is_deleted": True}


def _restored(_: DefinitionRestored) -> Mapping[str, Any]:
    return {"is_deleted": False}


PROJECTIONS: Mapping[type[DomainEvent], Callable[[Any], Mapping[str, Any]]] = {
    DefinitionCreated: _created,
    DefinitionUpdated: _changed,
    DefinitionRolledBack: _changed,
    DefinitionDeleted: _deleted,
    DefinitionRestored: _restored,
    DefinitionPinned: _pinned,
    DefinitionUnpinned: _unpinned,
}
