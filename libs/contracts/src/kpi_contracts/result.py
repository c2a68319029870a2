"""Events of a result, the stored rows of a successful execution."""

from __future__ import annotations

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "result"


@event(AGGREGATE, "stored")
class ResultStored(DomainEvent):
    """The rows of an execution can be read."""

    execution_id: int
    kpi_id: int | None
    rows: int
    bytes: int
    parts: int
