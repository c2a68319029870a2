"""Aggregates whose events are kept out of the stream, because one of them cannot be published.

What follows a parked event of the same aggregate is parked as well: published, it would stand
in the stream without what it builds on. The events themselves stay in the event table; a row in
`parked` names each of them. `release` publishes them once the cause is gone.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kpi_bus.connection import Bus
from kpi_contracts.envelope import Record
from kpi_contracts.messages import encode
from kpi_eventsourcing.schema import events, parked
from kpi_eventsourcing.store import row_record

_SOURCE = parked.c.headers["ce-source"].as_string()
_SUBJECT = parked.c.headers["ce-subject"].as_string()
_VERSION = "ce-aggregateversion"
_ID = parked.c.headers["ce-id"].as_string()


class Quarantine:
    """The parked events of the relay called `name`. Methods block: call them in a thread."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def aggregates(self) -> set[tuple[str, str]]:
        """Return (aggregate, id) of everything that is parked now."""
        query = sa.select(_SOURCE, _SUBJECT).where(parked.c.consumer == self._name).distinct()
        with self._engine.connect() as connection:
            return {(source, subject) for source, subject in connection.execute(query)}

    def event_ids(self) -> set[str]:
        """Return the ids of all parked events."""
        query = sa.select(_ID).where(parked.c.consumer == self._name)
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def park(self, record: Record, reason: str) -> None:
        """Put an event aside, and with it those that will follow it. Idempotent."""
        with self._engine.begin() as connection:
            if not connection.execute(self._rows(record).where(str(record.id) == _ID)).first():
                self._insert(connection, record, reason)

    def park_follower(self, record: Record) -> bool:
        """Park an event that comes after a parked one of its aggregate.

        False if there is none before it, or not any more: then it may be published.
        """
        with self._engine.begin() as connection:
            rows = connection.execute(self._rows(record).with_for_update()).all()
            parked_ids = {int(row.headers[_VERSION]): row.headers["ce-id"] for row in rows}
            if not rows or record.version < min(parked_ids):
                return False
            if record.version not in parked_ids:
                first = parked_ids[min(parked_ids)]
                self._insert(connection, record, f"follows parked event {first}")
            return True

    def parked_in(
        self, connection: sa.Connection, aggregate: str, aggregate_id: str
    ) -> list[Record]:
        """Return an aggregate's parked events, oldest first, their rows locked."""
        rows = connection.execute(self._of(aggregate, aggregate_id).with_for_update()).all()
        ids = [row.headers["ce-id"] for row in rows]
        query = sa.select(events).where(events.c.id.in_(ids)).order_by(events.c.version)
        return [row_record(row) for row in connection.execute(query)]

    def forget(self, connection: sa.Connection, aggregate: str, aggregate_id: str) -> None:
        """Delete an aggregate's rows."""
        connection.execute(
            sa.delete(parked).where(
                parked.c.consumer == self._name, aggregate == _SOURCE, aggregate_id == _SUBJECT
            )
        )

    def _rows(self, record: Record) -> sa.Select[Any]:
        return self._of(record.aggregate, record.aggregate_id)

    def _of(self, aggregate: str, aggregate_id: str) -> sa.Select[Any]:
        return (
            sa.select(parked)
            .where(parked.c.consumer == self._name, aggregate == _SOURCE, aggregate_id == _SUBJECT)
            .order_by(parked.c.id)
        )

    def _insert(self, connection: sa.Connection, record: Record, reason: str) -> None:
        connection.execute(
            sa.insert(parked).values(
                consumer=self._name,
                subject=f"{record.aggregate}/{record.aggregate_id}",
                reason=reason,
                headers={
                    "ce-id": str(record.id),
                    "ce-type": record.type,
                    "ce-source": record.aggregate,
                    "ce-subject": record.aggregate_id,
                    _VERSION: str(record.version),
                },
                body=b"",
            )
        )


async def release(
    engine: sa.Engine, bus: Bus, aggregate: str, aggregate_id: str, *, name: str = "relay"
) -> int:
    """Publish an aggregate's parked events in order and let its later ones flow again.

    Safe while the relay runs: it waits for the rows that are locked here. Returns the number of
    events. Raises what publishing raises; then everything stays parked.
    """
    quarantine = Quarantine(engine, name)
    with engine.begin() as connection:
        records = quarantine.parked_in(connection, aggregate, aggregate_id)
        for record in records:
            await bus.publish(encode(record))
        quarantine.forget(connection, aggregate, aggregate_id)
    return len(records)
