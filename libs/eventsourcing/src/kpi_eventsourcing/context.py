"""Who acts, when and because of what: the part of an event's metadata that a command brings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from kpi_contracts.envelope import Actor, Envelope
from kpi_contracts.ids import uuid7


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The circumstances of a command; every event it leads to carries them."""

    actor: Actor
    correlation_id: UUID = field(default_factory=uuid7)
    causation_id: UUID | None = None
    traceparent: str | None = None
    time: datetime = field(default_factory=_now)

    @classmethod
    def by(cls, actor: Actor) -> Context:
        """Return the context of a new command by `actor`, now."""
        return cls(actor=actor)

    @classmethod
    def following(cls, cause: Envelope, actor: Actor) -> Context:
        """Return the context of what `actor` does because of the event `cause`."""
        return cls(
            actor=actor,
            correlation_id=cause.correlation_id,
            causation_id=cause.id,
            traceparent=cause.traceparent,
        )
