"""One transaction: take in some deliveries, project what is new, move the position."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kpi_bus.errors import is_transient
from kpi_bus.tracing import consuming, consuming_together
from kpi_contracts.envelope import Record
from kpi_contracts.errors import InvalidMessage
from kpi_contracts.messages import Message, decode, encode
from kpi_eventsourcing.crash_points import crash_point
from kpi_eventsourcing.inbox import Delivered, Inbox, Repeat
from kpi_eventsourcing.schema import parked

Project = Callable[[sa.Connection, Delivered, bytes], None]
ProjectMany = Callable[[sa.Connection, Sequence[Delivered]], None]
Place = tuple[str, str, int]  # aggregate, its id, version
FirstAt = Callable[[sa.Connection, Sequence[Record]], Mapping[Place, UUID]]
"""Tells which events the consumer itself has kept at the places of some others."""
Key = UUID | int  # of an event, or the stream sequence of what is not even an event


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as it lies in the stream at sequence `seq`."""

    seq: int
    message: Message


class Poison(Exception):
    """A delivery that cannot be projected, now or later."""

    def __init__(self, key: Key, message: Message, cause: Exception) -> None:
        self.key = key
        self.message = message
        self.reason = f"{type(cause).__name__}: {cause}"
        super().__init__(self.reason)


class Contested(Poison):
    """An event that came for a version of its aggregate which another event has taken."""

    def __init__(self, message: Message, event: UUID, first: UUID) -> None:
        cause = LookupError(f"event {first} has this version of the aggregate already")
        super().__init__(event, message, cause)


class Batch:
    """Applies deliveries from one incarnation of a stream. All methods block.

    With `project_many` a batch is projected by one call, as long as nothing in it is poison.
    With `first_at` events that contest a version are poison, too; otherwise they are passed over.
    """

    def __init__(
        self,
        engine: sa.Engine,
        inbox: Inbox,
        consumer: str,
        stream_created: datetime,
        project: Project,
        project_many: ProjectMany | None = None,
        first_at: FirstAt | None = None,
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._consumer = consumer
        self._created = stream_created
        self._project = project
        self._project_many = project_many
        self._first_at = first_at

    def position(self) -> int:
        """Return the last sequence that was taken in."""
        with self._engine.connect() as connection:
            return self._inbox.position(connection, self._created)

    def start_over(self) -> None:
        """Go back before the first sequence: what was taken in is known by its versions."""
        with self._engine.begin() as connection:
            self._inbox.advance(connection, self._created, 0)

    def apply(self, deliveries: Sequence[Delivery], known: Mapping[Key, str] | None = None) -> int:
        """Project what is new in one transaction; return the number of events.

        `known` are poisons with their reasons: they are written down in `parked` and passed.

        Raises:
            Poison: this event cannot be projected; nothing of the batch took effect.
            Exception: what the database raised, worth another try.

        """
        together = self._project_many if known is None else None
        known = known or {}
        bodies = {delivery.seq: delivery.message.body for delivery in deliveries}
        with self._engine.begin() as connection:
            events = [
                event
                for delivery in deliveries
                if (event := self._decoded(connection, delivery, known)) is not None
            ]
            intake = self._inbox.take_in(connection, self._created, events)
            admitted = intake.admitted
            if together is not None:
                with consuming_together(f"project {self._consumer}", _senders(admitted)):
                    together(connection, admitted)
            for event in admitted if together is None else ():
                body = bodies.get(event.seq)
                self._take(connection, event, body, known.get(event.record.id))
            self._park_contested(connection, intake.repeats, known)
            if len(events) < len(deliveries):
                self._pass(connection, deliveries[-1].seq)
            crash_point("projection.before_commit")
        crash_point("projection.after_commit")
        return len(admitted)

    def _pass(self, connection: sa.Connection, seq: int) -> None:
        # Another process of the same consumer may be ahead already: never go back.
        if self._inbox.position(connection, self._created) < seq:
            self._inbox.advance(connection, self._created, seq)

    def _park_contested(
        self, connection: sa.Connection, repeats: Sequence[Repeat], known: Mapping[Key, str]
    ) -> None:
        """Park what is not the same event again. The admitted ones must have been projected."""
        if self._first_at is None or not repeats:
            return
        taken = self._first_at(connection, [repeat.event.record for repeat in repeats])
        for repeat in repeats:
            record = repeat.event.record
            place = (record.aggregate, record.aggregate_id, record.version)
            first = repeat.first or taken.get(place, record.id)
            if first == record.id:
                continue
            message = encode(record)
            if record.id not in known:
                raise Contested(message, record.id, first)
            self._park(connection, repeat.event.seq, message, known[record.id])

    def _decoded(
        self, connection: sa.Connection, delivery: Delivery, known: Mapping[Key, str]
    ) -> Delivered | None:
        try:
            return Delivered(delivery.seq, decode(delivery.message.headers, delivery.message.body))
        except InvalidMessage as error:
            if delivery.seq not in known:
                raise Poison(delivery.seq, delivery.message, error) from error
            self._park(connection, delivery.seq, delivery.message, known[delivery.seq])
            return None

    def _take(
        self, connection: sa.Connection, event: Delivered, body: bytes | None, reason: str | None
    ) -> None:
        record = event.record
        if reason is not None:
            self._park(connection, event.seq, encode(record), reason)
            return
        try:
            with consuming(f"project {record.type}", record.traceparent):
                self._project(connection, event, encode(record).body if body is None else body)
        except Exception as error:
            if is_transient(error):
                raise
            raise Poison(record.id, encode(record), error) from error

    def _park(self, connection: sa.Connection, seq: int, message: Message, reason: str) -> None:
        connection.execute(
            sa.insert(parked).values(
                consumer=self._consumer,
                subject=message.subject,
                seq=seq,
                reason=reason,
                headers=message.headers,
                body=message.body,
            )
        )


def _senders(events: Sequence[Delivered]) -> list[str | None]:
    return [event.record.traceparent for event in events]
