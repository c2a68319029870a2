"""The KPI definition: what may happen to it, and what it is after all that has happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import singledispatchmethod
from typing import Any, ClassVar

from kpi_contracts import definition as contract
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import (
    DefinitionCreated,
    DefinitionDeleted,
    DefinitionPinned,
    DefinitionRestored,
    DefinitionRolledBack,
    DefinitionUnpinned,
    DefinitionUpdated,
    FieldChange,
    PinnedReading,
)
from kpi_definitions.errors import (
    KpiDeleted,
    KpiNotDeleted,
    KpiNotFound,
    NoDefinition,
    NothingToPin,
    VersionNotFound,
)
from kpi_eventsourcing.aggregate import Aggregate


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a user writes about a KPI."""

    name: str
    nl_definition: str | None
    sql_definition: str | None = None
    alias_name: str | None = None
    group_name: str | None = None
    description: str | None = None
    is_active: bool = True

    def changed(self, changes: Sequence[FieldChange]) -> Fields:
        """Return the fields after the changes."""
        return replace(self, **{change.field: change.new for change in changes})

    def difference(self, other: Fields) -> tuple[FieldChange, ...]:
        """Return the changes that lead from these fields to the others, by field name."""
        old, new = asdict(self), asdict(other)
        return tuple(
            FieldChange(field, old[field], new[field]) for field in old if old[field] != new[field]
        )


class Definition(Aggregate):
    """A KPI; its version is the KPI's version, and `fields_at` knows every one of them."""

    name: ClassVar[str] = contract.AGGREGATE

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.fields_at: list[Fields] = []
        self.deleted = False
        self.pinned: PinnedReading | None = None

    @property
    def fields(self) -> Fields:
        """The fields of the newest version."""
        return self.fields_at[-1]

    def create(self, fields: Fields) -> Sequence[DomainEvent]:
        """Decide on the first version."""
        _require_definition(fields)
        return [
            DefinitionCreated(
                name=fields.name,
                alias_name=fields.alias_name,
                group_name=fields.group_name,
                description=fields.description,
                nl_definition=fields.nl_definition,
                sql_definition=fields.sql_definition,
            )
        ]

    def update(self, values: Mapping[str, Any]) -> Sequence[DomainEvent]:
        """Decide on new values for some fields; nothing happens if none differs."""
        self._require_present()
        wanted = replace(self.fields, **values)
        _require_definition(wanted)
        changes = self.fields.difference(wanted)
        return [DefinitionUpdated(changes=changes)] if changes else []

    def delete(self) -> Sequence[DomainEvent]:
        """Decide to put the KPI away."""
        self._require_present()
        return [DefinitionDeleted()]

    def restore(self) -> Sequence[DomainEvent]:
        """Decide to take a deleted KPI back into use."""
        self._require_known()
        if not self.deleted:
            raise KpiNotDeleted(self.id)
        return [DefinitionRestored()]

    def roll_back(self, to_version: int) -> Sequence[DomainEvent]:
        """Decide that the fields of an earlier version become those of a new one."""
        self._require_present()
        if not 1 <= to_version <= self.version:
            raise VersionNotFound(self.id, to_version)
        changes = self.fields.difference(self.fields_at[to_version - 1])
        return [DefinitionRolledBack(to_version=to_version, changes=changes)]

    def pin(self, reading: PinnedReading) -> Sequence[DomainEvent]:
        """Decide that a reading was approved; raises NothingToPin for a KPI written in SQL."""
        self._require_present()
        if not self.fields.nl_definition or self.fields.sql_definition:
            raise NothingToPin(self.id)
        return [] if reading == self.pinned else [DefinitionPinned(reading=reading)]

    def unpin(self) -> Sequence[DomainEvent]:
        """Decide that the engine reads the sentence again."""
        self._require_present()
        return [DefinitionUnpinned()] if self.pinned else []

    def _require_known(self) -> None:
        if self.version == 0:
            raise KpiNotFound(self.id)

    def _require_present(self) -> None:
        self._require_known()
        if self.deleted:
            raise KpiDeleted(self.id)

    @singledispatchmethod
    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""
        raise TypeError(f"a definition knows no {type(event).__name__}")

    @apply.register
    def _created(self, event: DefinitionCreated) -> None:
        self.fields_at.append(
            Fields(
                name=event.name,
                alias_name=event.alias_name,
                group_name=event.group_name,
                description=event.description,
                nl_definition=event.nl_definition,
                sql_definition=event.sql_definition,
            )
        )

    @apply.register
    def _changed(self, event: DefinitionUpdated | DefinitionRolledBack) -> None:
        self.fields_at.append(self.fields.changed(event.changes))
        if changes_meaning(event.changes):
            self.pinned = None

    @apply.register
    def _pinned(self, event: DefinitionPinned) -> None:
        self.fields_at.append(self.fields)
        self.pinned = event.reading

    @apply.register
    def _unpinned(self, _: DefinitionUnpinned) -> None:
        self.fields_at.append(self.fields)
        self.pinned = None

    @apply.register
    def _deleted(self, _: DefinitionDeleted) -> None:
        self.fields_at.append(self.fields)
        self.deleted = True

    @apply.register
    def _restored(self, _: DefinitionRestored) -> None:
        self.fields_at.append(self.fields)
        self.deleted = False


def changes_meaning(changes: Sequence[FieldChange]) -> bool:
    """Tell whether changes make a reading of the definition, or a review of it, out of date."""
    return any(change.field in ("nl_definition", "sql_definition") for change in changes)


def _require_definition(fields: Fields) -> None:
    if not fields.nl_definition and not fields.sql_definition:
        raise NoDefinition
