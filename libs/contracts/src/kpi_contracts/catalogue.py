"""The catalogue of event types: which class stands for which name and version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

from kpi_contracts.errors import UnknownEvent

PREFIX = "io.kpiledger"


class DomainEvent:
    """Base of every event's data. Subclasses are frozen dataclasses made by `@event`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class EventType:
    """The name of an event: aggregate, verb (past tense) and schema version."""

    aggregate: str
    verb: str
    version: int

    def __str__(self) -> str:
        return f"{PREFIX}.{self.aggregate}.{self.verb}.v{self.version}"


_classes: dict[str, type[DomainEvent]] = {}
_types: dict[type[DomainEvent], EventType] = {}

E = TypeVar("E", bound=DomainEvent)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(aggregate: str, verb: str, *, version: int = 1) -> Callable[[type[E]], type[E]]:
    """Make a class a frozen dataclass and enter it into the catalogue.

    Only the newest version of an event has a class; `upcasting` lifts older data to it.
    """

    def enter(cls: type[E]) -> type[E]:
        made: Any = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        kind = EventType(aggregate, verb, version)
        if str(kind) in _classes:
            raise ValueError(f"{kind} is in the catalogue twice")
        _classes[str(kind)] = made
        _types[made] = kind
        return made  # type: ignore[no-any-return]

    return enter


def event_class(name: str) -> type[DomainEvent]:
    """Return the class of a full type name; raises UnknownEvent."""
    found = all_events().get(name)
    if found is None:
        raise UnknownEvent(name)
    return found


def event_type(cls: type[DomainEvent]) -> EventType:
    """Return aggregate, verb and version of an event class."""
    return _types[cls]


def type_name(cls: type[DomainEvent]) -> str:
    """Return the full type name of an event class, e.g. `io.kpiledger.definition.created.v1`."""
    return str(_types[cls])


def all_events() -> Mapping[str, type[DomainEvent]]:
    """Return every event class by its full type name."""
    from kpi_contracts import events as _  # noqa: F401 - importing it enters the classes

    return _classes
