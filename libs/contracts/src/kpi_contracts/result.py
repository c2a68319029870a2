"""Events of a result, the stored rows of a successful execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "result"

ExpiryReason = Literal["age", "count", "bytes"]


@dataclass(frozen=True, slots=True)
class SortedBy:
    """One column of an order."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows, in which order; `filters` as in the query parameter of that name."""

    sort: tuple[SortedBy, ...] = ()
    filters: Any = None
    search: str | None = None


@event(AGGREGATE, "stored")
class ResultStored(DomainEvent):
    """The rows of an execution can be read."""

    execution_id: int
    kpi_id: int | None
    rows: int
    bytes: int
    parts: int


@event(AGGREGATE, "compared")
class ResultCompared(DomainEvent):
    """The rows were compared with those of the KPI's run before, if there is one.

    `key` are the columns by which rows were matched, empty for whole rows. Counts are rows.
    """

    execution_id: int
    kpi_id: int
    previous_execution_id: int | None
    key: tuple[str, ...]
    new: int
    resolved: int
    persisting: int
    changed: int


@event(AGGREGATE, "viewed")
class ResultViewed(DomainEvent):
    """Somebody was shown a page of the rows."""

    execution_id: int
    kpi_id: int | None
    selection: Selection
    page: int
    page_size: int
    rows: int


@event(AGGREGATE, "exported")
class ResultExported(DomainEvent):
    """Somebody took rows away as a file.

    `rows` is what the file holds when it is whole. An export that broke off has `complete` false,
    and `bytes` and `sha256` are of what had been sent by then.
    """

    execution_id: int
    kpi_id: int | None
    format: str
    selection: Selection
    rows: int
    bytes: int
    sha256: str
    complete: bool


@event(AGGREGATE, "damaged")
class ResultDamaged(DomainEvent):
    """A part does not match its manifest: its rows are not shown to anybody."""

    execution_id: int
    kpi_id: int | None
    part: str
    reason: str


@event(AGGREGATE, "expired")
class ResultExpired(DomainEvent):
    """Retention gave the rows up; metadata, manifest and hashes stay."""

    execution_id: int
    kpi_id: int | None
    reason: ExpiryReason
    rows: int
    bytes: int
    parts: int
