"""Which KPIs need a review because tables they were run on have changed.

Kept from the executor's `graph.drifted` events. A KPI is settled when its definition is changed
or a reading of it is pinned.
"""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON, insert

from kpi_contracts.definition import (
    DefinitionPinned,
    DefinitionRolledBack,
    DefinitionUpdated,
)
from kpi_contracts.envelope import Envelope
from kpi_contracts.graph import GraphDrifted
from kpi_contracts.subjects import events_of
from kpi_definitions.definition import changes_meaning
from kpi_definitions.tables import metadata
from kpi_eventsourcing.schema import TIMESTAMP

CONSUMER = "definitions-graphs"
SUBJECTS = (events_of("graph"),)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("kpi_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kg_name", sa.Text, nullable=False),
    sa.Column("changes", JSON, nullable=False),
    sa.Column("since", TIMESTAMP, nullable=False),
)


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Mark the KPIs that a drifted graph names."""
    event = envelope.data
    if not isinstance(event, GraphDrifted):
        return
    values = {
        "kg_name": event.name,
        "changes": [asdict(change) for change in event.changes],
        "since": envelope.time,
    }
    for kpi_id in event.kpi_ids:
        connection.execute(
            insert(reviews)
            .values(kpi_id=kpi_id, **values)
            .on_conflict_do_update(index_elements=["kpi_id"], set_=values)
        )


def settle(connection: sa.Connection, envelope: Envelope) -> None:
    """Take the mark off a KPI whose definition says something else now, or was approved."""
    match envelope.data:
        case DefinitionPinned():
            settled = True
        case DefinitionUpdated(changes=changes) | DefinitionRolledBack(changes=changes):
            settled = changes_meaning(changes)
        case _:
            settled = False
    if settled:
        kpi_id = int(envelope.aggregate_id)
        connection.execute(sa.delete(reviews).where(reviews.c.kpi_id == kpi_id))
