"""What surrounds an event: identity, order, time, actor and causality.

`Record` is the stored form, its data uninterpreted JSON. `Envelope` is the same with the data
as the domain event's class. `to_record` and `from_record` are the only way between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from marshmallow import ValidationError

from kpi_contracts.catalogue import DomainEvent, event_class, type_name
from kpi_contracts.errors import InvalidEvent
from kpi_contracts.schemas import schema_of
from kpi_contracts.upcasting import upcast

ActorKind = Literal["user", "service", "system"]
MAX_SUBJECT = 255  # characters


def is_subject(name: str) -> bool:
    """Whether a name that comes from outside may be an actor's: short and printable."""
    return 0 < len(name) <= MAX_SUBJECT and name.isprintable()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who caused an event: a person, one of our services, or another system on the bus."""

    subject: str
    kind: ActorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Everything about an event but what it says. Times are UTC."""

    id: UUID
    aggregate: str
    aggregate_id: str
    version: int
    time: datetime
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None = None
    traceparent: str | None = None

    def metadata(self) -> dict[str, Any]:
        """Return these fields by name, without those that a subclass adds."""
        return {item.name: getattr(self, item.name) for item in fields(Metadata)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Metadata):
    """An event as stored and sent: `type` is the full name, `data` plain JSON."""

    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope(Metadata):
    """An event as the code handles it: `data` is an instance of its class in the catalogue."""

    data: DomainEvent


def to_record(envelope: Envelope) -> Record:
    """Return the stored form of an event."""
    return Record(
        **envelope.metadata(),
        type=type_name(type(envelope.data)),
        data=schema_of(type(envelope.data)).dump(envelope.data),
    )


def from_record(record: Record) -> Envelope:
    """Return a stored event with its data loaded, older versions lifted to today's.

    Raises:
        UnknownEvent: no class of this build has the record's type.
        InvalidEvent: the data do not fit the schema.

    """
    name, data = upcast(record.type, record.data)
    try:
        event = schema_of(event_class(name)).load(data)
    except ValidationError as error:
        raise InvalidEvent(record.type, error.messages) from error
    return Envelope(**record.metadata(), data=event)
