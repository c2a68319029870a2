"""Events of a result, the stored rows of a successful execution."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kpi_contracts.catalogue import DomainEvent, event
from kpi_contracts.upcasting import upcaster

AGGREGATE = "result"

ExpiryReason = Literal["age", "count", "bytes"]
RowClass = Literal["new", "resolved", "persisting", "changed"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRows:
    """The rows of one class, compared with those of another execution.

    `key` are the columns by which rows were matched, empty for whole rows, None if not recorded.
    """

    row_class: RowClass
    compared_with: int
    key: tuple[str, ...] | None = None


@event(AGGREGATE, "exported", version=2)
class ResultExported(DomainEvent):
    """Somebody took rows away as a file.

    `compared` names the class of a comparison that it was limited to. `rows` is what the file
    holds when it is whole. An export that broke off has `complete` false, and `bytes` and `sha256`
    are of what had been sent by then.
    """

    execution_id: int
    kpi_id: int | None
    format: str
    selection: Selection
    rows: int
    bytes: int
    sha256: str
    complete: bool
    compared: ComparedRows | None = None


_CLASS_IN_FORMAT = re.compile(r"(\w+) \((\w+) rows, compared with execution (\d+)\)")


@upcaster("io.kpiledger.result.exported.v1")
def _tell_format_and_class_apart(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Version 1 told the class of a comparison within `format`, and its key nowhere."""
    found = _CLASS_IN_FORMAT.fullmatch(data["format"])
    if found is None:
        return {**data, "compared": None}
    name, row_class, other = found.groups()
    compared = {"row_class": row_class, "compared_with": int(other), "key": None}
    return {**data, "format": name, "compared": compared}


@event(AGGREGATE, "damaged")
class ResultDamaged(DomainEvent):
    """A part does not match its manifest: its rows are not shown to anybody."""

    execution_id: int
    kpi_id: int | None
    part: str
    reason: str


@event(AGGREGATE, "repaired")
class ResultRepaired(DomainEvent):
    """A part that was damaged matches its manifest again: somebody has put it back."""

    execution_id: int
    kpi_id: int | None
    part: str


@event(AGGREGATE, "expired")
class ResultExpired(DomainEvent):
    """Retention gave the rows up; metadata, manifest and hashes stay."""

    execution_id: int
    kpi_id: int | None
    reason: ExpiryReason
    rows: int
    bytes: int
    parts: int
