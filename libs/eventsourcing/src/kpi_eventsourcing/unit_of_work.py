"""One transaction: load aggregates, append their events, update the read tables, commit.

It rolls back unless told to commit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

import sqlalchemy as sa

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope
from kpi_contracts.ids import uuid7
from kpi_eventsourcing.aggregate import Aggregate
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.crash_points import crash_point
from kpi_eventsourcing.metrics import appended_events
from kpi_eventsourcing.outbox import WAKE_CHANNEL
from kpi_eventsourcing.store import EventStore

A = TypeVar("A", bound=Aggregate)
InlineProjection = Callable[[sa.Connection, Sequence[Envelope]], None]


def each(project: Callable[[sa.Connection, Envelope], None]) -> InlineProjection:
    """Return the inline projection that projects one event after the other."""

    def project_each(connection: sa.Connection, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            project(connection, envelope)

    return project_each


@dataclass(frozen=True, slots=True)
class Change:
    """What was decided for one aggregate, and in whose name."""

    aggregate: Aggregate
    events: Sequence[DomainEvent]
    context: Context

    def envelopes(self) -> list[Envelope]:
        """Return the events as they follow the aggregate's version."""
        context = self.context
        return [
            Envelope(
                id=uuid7(),
                aggregate=self.aggregate.name,
                aggregate_id=self.aggregate.id,
                version=self.aggregate.version + offset,
                time=context.time,
                actor=context.actor,
                correlation_id=context.correlation_id,
                causation_id=context.causation_id,
                traceparent=context.traceparent,
                data=event,
            )
            for offset, event in enumerate(self.events, start=1)
        ]


class Work:
    """Loads and appends in a transaction that somebody else began and will end.

    For consumers, whose effect, position and events commit together. The relay is not woken: it
    finds the events within its poll interval.
    """

    def __init__(
        self, connection: sa.Connection, projections: Sequence[InlineProjection] = ()
    ) -> None:
        self.connection = connection
        self._projections = projections

    def load(self, kind: type[A], aggregate_id: str | int) -> A:
        """Return an aggregate folded from its events; version 0 if it has none."""
        return self.load_all(kind, [aggregate_id])[0]

    def load_all(self, kind: type[A], ids: Sequence[str | int]) -> list[A]:
        """Return several aggregates of a kind, in the order of their ids."""
        found = {str(number): kind(str(number)) for number in ids}
        for envelope in EventStore(self.connection).load_all(kind.name, list(found)):
            found[envelope.aggregate_id].fold(envelope)
        return list(found.values())

    def at_end(self, kind: type[A], aggregate_id: str | int) -> A:
        """Return an aggregate at its newest version, nothing folded.

        For events that need no decision (a log of reads, say) on streams too long to load.
        """
        aggregate = kind(str(aggregate_id))
        aggregate.version = EventStore(self.connection).version(kind.name, aggregate.id)
        return aggregate

    def append(
        self, aggregate: Aggregate, events: Sequence[DomainEvent], context: Context
    ) -> list[Envelope]:
        """Store the events, fold them into the aggregate and project them.

        Raises:
            ConcurrencyConflict: the aggregate has moved on since it was loaded.

        """
        return self.append_all([Change(aggregate, events, context)])

    def append_all(self, changes: Sequence[Change]) -> list[Envelope]:
        """Store, fold and project what was decided for several aggregates, each named once.

        What others append to as well must be loaded before this transaction writes or locks a
        row: events are published in the order of transaction ids, given out at that moment.

        Raises:
            ConcurrencyConflict: one of them has moved on since it was loaded.

        """
        written = [(change.aggregate, change.envelopes()) for change in changes]
        envelopes = [envelope for _, own in written for envelope in own]
        EventStore(self.connection).append(envelopes)
        for aggregate, own in written:
            for envelope in own:
                aggregate.fold(envelope)
        for project in self._projections:
            project(self.connection, envelopes)
        return envelopes


class UnitOfWork(Work):
    """`with UnitOfWork(engine, projections) as uow: ... uow.commit()`."""

    def __init__(self, engine: sa.Engine, projections: Sequence[InlineProjection] = ()) -> None:
        self._engine = engine
        self._projections = projections
        self._appended = 0

    def __enter__(self) -> Self:
        self.connection = self._engine.connect()
        self._transaction = self.connection.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self._transaction.is_active:
                self._transaction.rollback()
        finally:
            self.connection.close()

    def append_all(self, changes: Sequence[Change]) -> list[Envelope]:
        """Store, fold and project events, as `Work.append_all`."""
        envelopes = super().append_all(changes)
        self._appended += len(envelopes)
        return envelopes

    def commit(self) -> None:
        """Make everything durable, then wake the relay."""
        crash_point("uow.before_commit")
        self._transaction.commit()
        crash_point("uow.after_commit")
        if self._appended:
            appended_events.inc(self._appended)
            self._wake_relay()

    def _wake_relay(self) -> None:
        # Outside the transaction: NOTIFY inside one serialises all commits of the database.
        # A lost hint costs one poll interval, so no error of it may spoil a committed command.
        with suppress(sa.exc.DBAPIError):
            self.connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                sa.text(f"NOTIFY {WAKE_CHANNEL}")
            )
