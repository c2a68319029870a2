"""The result: the stored rows of one successful execution, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatchmethod
from typing import ClassVar

from kpi_contracts import result as contract
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.execution import Manifest
from kpi_contracts.result import (
    ExpiryReason,
    ResultCompared,
    ResultDamaged,
    ResultExpired,
    ResultExported,
    ResultRepaired,
    ResultStored,
    ResultViewed,
)
from kpi_eventsourcing.aggregate import Aggregate


class Result(Aggregate):
    """Stored once, compared once, perhaps expired. Its id is the execution's."""

    name: ClassVar[str] = contract.AGGREGATE

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.stored: ResultStored | None = None
        self.compared = False
        self.expired = False
        self.damaged: set[str] = set()

    def store(self, kpi_id: int | None, manifest: Manifest) -> Sequence[DomainEvent]:
        """Decide that the rows can be read; nothing if that was decided before."""
        if self.stored is not None:
            return []
        return [
            ResultStored(
                execution_id=int(self.id),
                kpi_id=kpi_id,
                rows=manifest.rows,
                bytes=manifest.bytes,
                parts=len(manifest.parts),
            )
        ]

    def compare(self, outcome: ResultCompared) -> Sequence[DomainEvent]:
        """Decide to record the difference to the run before; nothing if there is one already."""
        return [] if self.compared else [outcome]

    def damage(self, part: str, reason: str) -> Sequence[DomainEvent]:
        """Decide to report a damaged part, once; nothing if the rows were given up."""
        if self.stored is None or self.expired or part in self.damaged:
            return []
        return [
            ResultDamaged(
                execution_id=int(self.id), kpi_id=self.stored.kpi_id, part=part, reason=reason
            )
        ]

    def repair(self, part: str) -> Sequence[DomainEvent]:
        """Decide that a part is whole again; nothing if it has no damage on record."""
        if self.stored is None or self.expired or part not in self.damaged:
            return []
        return [ResultRepaired(execution_id=int(self.id), kpi_id=self.stored.kpi_id, part=part)]

    def expire(self, reason: ExpiryReason) -> Sequence[DomainEvent]:
        """Decide to give the rows up; nothing if they are gone or were never there."""
        if self.stored is None or self.expired:
            return []
        return [
            ResultExpired(
                execution_id=int(self.id),
                kpi_id=self.stored.kpi_id,
                reason=reason,
                rows=self.stored.rows,
                bytes=self.stored.bytes,
                parts=self.stored.parts,
            )
        ]

    @singledispatchmethod
    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""
        raise TypeError(f"a result knows no {type(event).__name__}")

    @apply.register
    def _stored(self, event: ResultStored) -> None:
        self.stored = event

    @apply.register
    def _compared(self, _: ResultCompared) -> None:
        self.compared = True

    @apply.register
    def _read(self, _: ResultViewed | ResultExported) -> None:
        """Return reading changes nothing."""

    @apply.register
    def _damaged(self, event: ResultDamaged) -> None:
        self.damaged.add(event.part)

    @apply.register
    def _repaired(self, event: ResultRepaired) -> None:
        self.damaged.remove(event.part)

    @apply.register
    def _expired(self, _: ResultExpired) -> None:
        self.expired = True
