"""Events of a break: one row, known by its key, that a KPI keeps finding until it is put right.

That a break is open, resolved or reopened follows from the runs; these events are what people
say about it.
"""

from __future__ import annotations

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "break"


@event(AGGREGATE, "assigned")
class BreakAssigned(DomainEvent):
    """Somebody is to see to the break; nobody any more without `assignee`."""

    kpi_id: int
    assignee: str | None
    reason: str | None = None


@event(AGGREGATE, "commented")
class BreakCommented(DomainEvent):
    """Somebody said something about the break."""

    kpi_id: int
    comment: str
