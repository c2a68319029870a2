"""JetStream streams as data; `kpi_bus.topology` declares them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from kpi_contracts import subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDefinition:
    """A stream's name, subjects and the promises it makes."""

    name: str
    subjects: tuple[str, ...]
    description: str
    retention: Literal["limits", "workqueue"] = "limits"
    duplicate_window: timedelta = timedelta(minutes=2)
    max_age: timedelta | None = None
    deny_delete: bool = False
    deny_purge: bool = False
    allow_schedules: bool = False


KPI_EVENTS = StreamDefinition(
    name="KPI_EVENTS",
    subjects=(subjects.EVENTS,),
    description="Every committed event of every service, kept for ever",
    duplicate_window=timedelta(minutes=10),
    deny_delete=True,
    deny_purge=True,
)
KPI_COMMANDS = StreamDefinition(
    name="KPI_COMMANDS",
    subjects=(subjects.COMMANDS,),
    description="Commands of other systems, until a service has accepted or rejected them",
    retention="workqueue",
)
KPI_PARKED = StreamDefinition(
    name="KPI_PARKED",
    subjects=(subjects.PARKED,),
    description="What could not be handled, with the reason",
)
KPI_ADVISORIES = StreamDefinition(
    name="KPI_ADVISORIES",
    subjects=("$JS.EVENT.ADVISORY.>",),
    description="What the server says about its streams and consumers",
    max_age=timedelta(days=7),
)
KPI_SCHEDULES = StreamDefinition(
    name="KPI_SCHEDULES",
    subjects=("kpi.sched.>",),
    description="Message schedules and the messages they fire",
    allow_schedules=True,
)

ALL = (KPI_EVENTS, KPI_COMMANDS, KPI_PARKED, KPI_ADVISORIES, KPI_SCHEDULES)
