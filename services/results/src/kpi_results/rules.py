"""What single KPIs say about keeping their results: the aggregate, and its inline projection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kpi_contracts import retention as contract
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope
from kpi_contracts.retention import RetentionRemoved, RetentionSet
from kpi_eventsourcing.aggregate import Aggregate
from kpi_eventsourcing.schema import TIMESTAMP

metadata = sa.MetaData()

rules = sa.Table(
    "kpi_retention",
    metadata,
    sa.Column("kpi_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("runs", sa.BigInteger),
    sa.Column("days", sa.Float),
    sa.Column("changed_at", TIMESTAMP, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger),
)
"""Newest runs, days and bytes that a KPI's rows are kept; NULL leaves it to the settings."""

TABLES = (rules,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Up to what a KPI's rows are kept. None: no limit of its own."""

    runs: int | None = None
    days: float | None = None
    bytes: int | None = None


class RetentionRule(Aggregate):
    """A KPI's own rule, if it has one; its id is the KPI's."""

    name: ClassVar[str] = contract.AGGREGATE

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.limits: Limits | None = None

    def set(self, limits: Limits) -> Sequence[DomainEvent]:
        """Decide up to what rows are kept; nothing if that is so already."""
        if limits == self.limits:
            return []
        return [RetentionSet(kpi_id=int(self.id), **asdict(limits))]

    def remove(self) -> Sequence[DomainEvent]:
        """Decide that the KPI has no rule of its own; nothing if it has none."""
        return [] if self.limits is None else [RetentionRemoved(kpi_id=int(self.id))]

    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""
        match event:
            case RetentionSet():
                self.limits = Limits(runs=event.runs, days=event.days, bytes=event.bytes)
            case RetentionRemoved():
                self.limits = None
            case _:
                raise TypeError(f"a retention rule knows no {type(event).__name__}")


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Bring the table up to an event of a rule; others do not concern it."""
    match envelope.data:
        case RetentionSet() as event:
            values = {
                "runs": event.runs,
                "days": event.days,
                "bytes": event.bytes,
                "changed_at": envelope.time,
                "changed_by": envelope.actor.subject,
            }
            connection.execute(
                insert(rules)
                .values(kpi_id=event.kpi_id, **values)
                .on_conflict_do_update(index_elements=["kpi_id"], set_=values)
            )
        case RetentionRemoved() as event:
            connection.execute(sa.delete(rules).where(rules.c.kpi_id == event.kpi_id))


def get_rule(connection: sa.Connection, kpi_id: int) -> sa.RowMapping | None:
    """Return a KPI's rule, None if it has none."""
    query = sa.select(rules).where(rules.c.kpi_id == kpi_id)
    return connection.execute(query).mappings().one_or_none()
