"""One handler a command: load, decide, append. Each returns the definition as it is then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from kpi_contracts.catalogue import DomainEvent
from kpi_definitions import catalogue
from kpi_definitions.commands import (
    CreateKpi,
    DeleteKpi,
    PinReading,
    RestoreKpi,
    RollBackKpi,
    UnpinReading,
    UpdateKpi,
)
from kpi_definitions.definition import Definition
from kpi_definitions.errors import NameTaken, StaleVersion
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Handler
from kpi_eventsourcing.unit_of_work import UnitOfWork


class OnOneKpi(Protocol):
    """A command about an existing KPI."""

    @property
    def kpi_id(self) -> int:
        """The KPI it is about."""

    @property
    def expected(self) -> frozenset[int] | None:
        """The versions its caller accepts; None means any."""


def create(command: CreateKpi, uow: UnitOfWork, context: Context) -> Definition:
    """Give the KPI the next id and its first version; raises NameTaken, NoDefinition."""
    kpi_id = uow.connection.execute(sa.select(catalogue.kpi_ids.next_value())).scalar_one()
    definition = uow.load(Definition, kpi_id)
    return _append(uow, definition, definition.create(command.fields), context)


def update(command: UpdateKpi, uow: UnitOfWork, context: Context) -> Definition:
    """Change fields; raises KpiNotFound, KpiDeleted, StaleVersion, NameTaken, NoDefinition."""
    return _decide(command, uow, context, lambda kpi: kpi.update(command.values))


def delete(command: DeleteKpi, uow: UnitOfWork, context: Context) -> Definition:
    """Put the KPI away; raises KpiNotFound, KpiDeleted, StaleVersion."""
    return _decide(command, uow, context, Definition.delete)


def restore(command: RestoreKpi, uow: UnitOfWork, context: Context) -> Definition:
    """Bring the KPI back; raises KpiNotFound, KpiNotDeleted, StaleVersion, NameTaken."""
    return _decide(command, uow, context, Definition.restore)


def roll_back(command: RollBackKpi, uow: UnitOfWork, context: Context) -> Definition:
    """Return to an earlier version's fields; raises VersionNotFound and what `update` raises."""
    return _decide(command, uow, context, lambda kpi: kpi.roll_back(command.to_version))


def pin(command: PinReading, uow: UnitOfWork, context: Context) -> Definition:
    """Pin a reading; raises KpiNotFound, KpiDeleted, NothingToPin, StaleVersion."""
    return _decide(command, uow, context, lambda kpi: kpi.pin(command.reading))


def unpin(command: UnpinReading, uow: UnitOfWork, context: Context) -> Definition:
    """Undo that; raises KpiNotFound, KpiDeleted, StaleVersion."""
    return _decide(command, uow, context, Definition.unpin)


def _decide(
    command: OnOneKpi,
    uow: UnitOfWork,
    context: Context,
    decision: Callable[[Definition], Sequence[DomainEvent]],
) -> Definition:
    definition = uow.load(Definition, command.kpi_id)
    if definition.version and command.expected is not None:
        _require_version(definition, command.expected)
    return _append(uow, definition, decision(definition), context)


def _require_version(definition: Definition, expected: frozenset[int]) -> None:
    if definition.version not in expected:
        raise StaleVersion(definition.id, definition.version)


def _append(
    uow: UnitOfWork, definition: Definition, events: Sequence[DomainEvent], context: Context
) -> Definition:
    try:
        uow.append(definition, events, context)
    except sa.exc.IntegrityError as error:
        if catalogue.UNIQUE_NAME not in str(error.orig):
            raise
        raise NameTaken(definition.fields.name) from error
    return definition


HANDLERS: Mapping[type[Any], Handler] = {
    CreateKpi: create,
    UpdateKpi: update,
    DeleteKpi: delete,
    RestoreKpi: restore,
    RollBackKpi: roll_back,
    PinReading: pin,
    UnpinReading: unpin,
}
