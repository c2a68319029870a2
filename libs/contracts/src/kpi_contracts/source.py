"""Events of a data source. Secrets never appear in them."""

from __future__ import annotations

from kpi_contracts.catalogue import DomainEvent, event
from kpi_contracts.definition import FieldChange

AGGREGATE = "source"


@event(AGGREGATE, "registered")
class SourceRegistered(DomainEvent):
    """A database, file or folder was made known; `location` is a URL or path without secrets."""

    name: str
    kind: str
    location: str


@event(AGGREGATE, "updated")
class SourceUpdated(DomainEvent):
    """Fields of a source were changed; `secret_changed` tells of a new secret, never which."""

    changes: tuple[FieldChange, ...]
    secret_changed: bool = False


@event(AGGREGATE, "removed")
class SourceRemoved(DomainEvent):
    """A source was taken out of use."""
