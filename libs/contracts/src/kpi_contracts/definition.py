"""Events of a KPI definition. The version of a KPI is the version of this aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "definition"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's value before and after."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedReading:
    """SQL that was approved for a sentence on one graph; it is run as it stands."""

    kg_name: str
    sql: str
    explanation: str | None = None
    sql_query_type: str | None = None
    operation: str | None = None
    source_table: str | None = None
    target_table: str | None = None
    joined_columns: tuple[tuple[str, ...], ...] = ()


@event(AGGREGATE, "created")
class DefinitionCreated(DomainEvent):
    """A KPI was defined, in plain language or (without a sentence) in SQL."""

    name: str
    alias_name: str | None
    group_name: str | None
    description: str | None
    nl_definition: str | None
    sql_definition: str | None = None


@event(AGGREGATE, "updated")
class DefinitionUpdated(DomainEvent):
    """Fields of a KPI were changed; unchanged ones are not listed."""

    changes: tuple[FieldChange, ...]


@event(AGGREGATE, "deleted")
class DefinitionDeleted(DomainEvent):
    """A KPI was put away; its history and results stay."""


@event(AGGREGATE, "restored")
class DefinitionRestored(DomainEvent):
    """A deleted KPI was taken back into use."""


@event(AGGREGATE, "rolled_back")
class DefinitionRolledBack(DomainEvent):
    """The fields of an earlier version became those of a new one."""

    to_version: int
    changes: tuple[FieldChange, ...]


@event(AGGREGATE, "pinned")
class DefinitionPinned(DomainEvent):
    """A reading of the sentence was approved; later engines do not read it anew."""

    reading: PinnedReading


@event(AGGREGATE, "unpinned")
class DefinitionUnpinned(DomainEvent):
    """The sentence is read by the engine again."""
