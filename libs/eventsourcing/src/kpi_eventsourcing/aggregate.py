"""The base of aggregates.

An aggregate is pure: its decisions return events or raise a domain error, and `apply` folds
events into state. Clock, randomness and I/O are arguments, never fetched inside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope


class Aggregate(ABC):
    """One consistency boundary: a stream of events and the state they amount to.

    `version` counts the folded events; 0 means that the aggregate does not exist yet.
    """

    name: ClassVar[str]

    def __init__(self, aggregate_id: str) -> None:
        self.id = aggregate_id
        self.version = 0

    @abstractmethod
    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""

    def fold(self, envelope: Envelope) -> None:
        """Apply a stored event and move to its version."""
        self.apply(envelope.data)
        self.version = envelope.version
