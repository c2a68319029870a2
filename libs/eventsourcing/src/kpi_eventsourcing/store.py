"""The event store: an append-only table where (aggregate, id, version) is unique.

That uniqueness is the concurrency control (idea: Marten). A writer that lost the race gets
`ConcurrencyConflict`; its transaction is spent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from kpi_contracts.envelope import Actor, Envelope, Record, from_record, to_record
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.schema import TIMESTAMP, events

_COLUMNS: dict[str, Any] = {
    "id": sa.Uuid(),
    "version": sa.Integer(),
    "type": sa.Text(),
    "time": TIMESTAMP,
    "actor": sa.Text(),
    "actor_kind": sa.Text(),
    "correlation_id": sa.Uuid(),
    "causation_id": sa.Uuid(),
    "traceparent": sa.Text(),
    "data": JSON(),
}
_INSERT = sa.text(
    f"""
    INSERT INTO events (aggregate, aggregate_id, {", ".join(_COLUMNS)})
    SELECT :aggregate, :aggregate_id, new.*
    FROM unnest(:id, :version, :type, :time, :actor, :actor_kind,
                :correlation_id, :causation_id, :traceparent, :data)
         AS new ({", ".join(_COLUMNS)})
    WHERE :expected_version = (
        SELECT coalesce(max(version), 0) FROM events
        WHERE aggregate = :aggregate AND aggregate_id = :aggregate_id
    )
    """  # noqa: S608 - the names are the constants above
).bindparams(
    sa.bindparam("aggregate", type_=sa.Text),
    sa.bindparam("aggregate_id", type_=sa.Text),
    *(sa.bindparam(name, type_=ARRAY(kind)) for name, kind in _COLUMNS.items()),
)

_LOAD = (
    sa.select(events)
    .where(
        events.c.aggregate == sa.bindparam("aggregate"),
        events.c.aggregate_id == sa.bindparam("aggregate_id"),
    )
    .order_by(events.c.version)
)


class EventStore:
    """Reads and appends events within the caller's transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append(
        self,
        aggregate: str,
        aggregate_id: str,
        expected_version: int,
        envelopes: Sequence[Envelope],
    ) -> None:
        """Append events whose versions follow `expected_version`.

        Raises:
            ConcurrencyConflict: the stream is at another version.

        """
        if not envelopes:
            return
        rows = [record_row(to_record(envelope)) for envelope in envelopes]
        try:
            appended = self._connection.execute(
                _INSERT,
                {
                    "aggregate": aggregate,
                    "aggregate_id": aggregate_id,
                    "expected_version": expected_version,
                    **{name: [row[name] for row in rows] for name in _COLUMNS},
                },
            ).rowcount
        except sa.exc.IntegrityError as error:
            if "events_stream_version" not in str(error.orig):
                raise
            raise ConcurrencyConflict(aggregate, aggregate_id, expected_version) from error
        if appended != len(rows):
            raise ConcurrencyConflict(aggregate, aggregate_id, expected_version)

    def load(self, aggregate: str, aggregate_id: str) -> list[Envelope]:
        """Return every event of one aggregate, oldest first."""
        stream = {"aggregate": aggregate, "aggregate_id": aggregate_id}
        rows = self._connection.execute(_LOAD, stream)
        return [from_record(row_record(row)) for row in rows]

    def version(self, aggregate: str, aggregate_id: str) -> int:
        """Return how many events one aggregate has."""
        query = sa.select(sa.func.max(events.c.version)).where(
            events.c.aggregate == aggregate, events.c.aggregate_id == aggregate_id
        )
        return self._connection.execute(query).scalar_one() or 0

    def replay(self, batch: int = 1000) -> Iterator[Envelope]:
        """Yield every event of the service in commit order, `batch` rows in memory at a time."""
        query = sa.select(events).order_by(events.c.tx, events.c.position)
        for row in self._connection.execution_options(yield_per=batch).execute(query):
            yield from_record(row_record(row))


def record_row(record: Record) -> dict[str, Any]:
    """Return an event as a row of the table, but for the columns the database fills."""
    row = record.__class__.metadata(record) | {"type": record.type, "data": record.data}
    actor: Actor = row.pop("actor")
    return row | {"actor": actor.subject, "actor_kind": actor.kind}


def row_record(row: sa.Row[Any]) -> Record:
    """Return a row of the table as an event."""
    return Record(
        id=row.id,
        aggregate=row.aggregate,
        aggregate_id=row.aggregate_id,
        version=row.version,
        type=row.type,
        time=row.time,
        actor=Actor(row.actor, row.actor_kind),
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
        traceparent=row.traceparent,
        data=row.data,
    )
