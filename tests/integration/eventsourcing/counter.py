"""A small aggregate to exercise the event store: definitions without the definitions service."""

from collections.abc import Sequence
from typing import ClassVar

import sqlalchemy as sa

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import DefinitionDeleted, DefinitionRestored
from kpi_contracts.envelope import Actor, Envelope
from kpi_eventsourcing.aggregate import Aggregate
from kpi_eventsourcing.context import Context

SOMEBODY = Context.by(Actor("ann", "user"))

tables = sa.MetaData()
tally = sa.Table(
    "tally",
    tables,
    sa.Column("aggregate_id", sa.Text, primary_key=True),
    sa.Column("switches", sa.Integer, nullable=False),
)


class Switch(Aggregate):
    """Something that is either deleted or not."""

    name: ClassVar[str] = "definition"
    deleted = False

    def apply(self, event: DomainEvent) -> None:
        self.deleted = isinstance(event, DefinitionDeleted)

    def flip(self) -> Sequence[DomainEvent]:
        return [DefinitionRestored() if self.deleted else DefinitionDeleted()]


def project_tally(connection: sa.Connection, envelope: Envelope) -> None:
    """Count the events of each aggregate."""
    seen = sa.select(tally).where(tally.c.aggregate_id == envelope.aggregate_id)
    if connection.execute(seen).one_or_none() is None:
        values = {"aggregate_id": envelope.aggregate_id, "switches": 1}
        connection.execute(sa.insert(tally), values)
    else:
        connection.execute(
            sa.update(tally)
            .where(tally.c.aggregate_id == envelope.aggregate_id)
            .values(switches=tally.c.switches + 1)
        )
