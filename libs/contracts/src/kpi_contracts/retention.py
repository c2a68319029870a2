"""Events of retention: what is said about keeping the rows of one KPI's runs.

That rows were given up for it is `result.expired`.
"""

from __future__ import annotations

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "retention"


@event(AGGREGATE, "set")
class RetentionSet(DomainEvent):
    """Somebody said how long a KPI's rows are kept; None leaves it to the service's setting.

    `runs` counts the newest runs with rows, `days` is their age, `bytes` the sum of their sizes.
    """

    kpi_id: int
    runs: int | None
    days: float | None
    bytes: int | None


@event(AGGREGATE, "removed")
class RetentionRemoved(DomainEvent):
    """Somebody took a KPI's rule back: the service's settings hold again."""

    kpi_id: int
