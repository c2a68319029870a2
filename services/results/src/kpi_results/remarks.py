"""What people say about breaks: the aggregate, and its read table kept by inline projection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kpi_contracts import breaks as contract
from kpi_contracts.breaks import BreakAssigned, BreakCommented
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope
from kpi_eventsourcing.aggregate import Aggregate
from kpi_eventsourcing.schema import TIMESTAMP

metadata = sa.MetaData()

remarks = sa.Table(
    "break_remarks",
    metadata,
    sa.Column("break_id", sa.Text, primary_key=True),
    sa.Column("assignee", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("comment", sa.Text),
    sa.Column("remarked_at", TIMESTAMP, nullable=False),
    sa.Column("remarked_by", sa.Text, nullable=False),
    sa.Index("break_remarks_assignee", "assignee"),
)

TABLES = (remarks,)


class Break(Aggregate):
    """A break as people see to it; its id is that of the ledger."""

    name: ClassVar[str] = contract.AGGREGATE

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.assignee: str | None = None
        self.reason: str | None = None

    def assign(
        self, kpi_id: int, assignee: str | None, reason: str | None
    ) -> Sequence[DomainEvent]:
        """Decide who sees to it; nothing if that is so already."""
        if (assignee, reason) == (self.assignee, self.reason):
            return []
        return [BreakAssigned(kpi_id=kpi_id, assignee=assignee, reason=reason)]

    def comment(self, kpi_id: int, comment: str) -> Sequence[DomainEvent]:
        """Decide to note a comment."""
        return [BreakCommented(kpi_id=kpi_id, comment=comment)]

    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""
        if isinstance(event, BreakAssigned):
            self.assignee, self.reason = event.assignee, event.reason


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Bring the table up to an event of a break; others do not concern it."""
    if envelope.aggregate == contract.AGGREGATE:
        values = _values(envelope.data) | {
            "remarked_at": envelope.time,
            "remarked_by": envelope.actor.subject,
        }
        connection.execute(
            insert(remarks)
            .values(break_id=envelope.aggregate_id, **values)
            .on_conflict_do_update(index_elements=["break_id"], set_=values)
        )


def _values(event: DomainEvent) -> dict[str, Any]:
    if isinstance(event, BreakAssigned):
        return {"assignee": event.assignee, "reason": event.reason}
    if isinstance(event, BreakCommented):
        return {"comment": event.comment}
    raise TypeError(f"a break knows no {type(event).__name__}")
