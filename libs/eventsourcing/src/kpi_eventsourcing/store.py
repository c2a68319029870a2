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
    "aggregate": sa.Text(),
    "aggregate_id": sa.Text(),
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
_NAMES = ", ".join(_COLUMNS)
# The order of the arrays is that of the positions, and so of the events within a stream.
_INSERT = sa.text(
    f"""
    INSERT INTO events ({_NAMES})
    SELECT {_NAMES}
    FROM unnest({", ".join(f":{name}" for name in _COLUMNS)}, :expected_version)
         AS new ({_NAMES}, expected_version)
    WHERE expected_version = (
        SELECT coalesce(max(version), 0) FROM events
        WHERE aggregate = new.aggregate AND aggregate_id = new.aggregate_id
    )
    """  # noqa: S608 - the names are the constants above
).bindparams(
    sa.bindparam("expected_version", type_=ARRAY(sa.Integer)),
    *(sa.bindparam(name, type_=ARRAY(kind)) for name, kind in _COLUMNS.items()),
)

_LOAD = (
    sa.select(events)
    .where(
        events.c.aggregate == sa.bindparam("aggregate"),
        events.c.aggregate_id == sa.func.any(sa.bindparam("ids", type_=ARRAY(sa.Text))),
    )
    .order_by(events.c.aggregate_id, events.c.version)
)


class EventStore:
    """Reads and appends events within the caller's transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Append events of one or several aggregates, those of each one in order.

        Raises:
            ConcurrencyConflict: a stream does not end where its events begin; of several streams
                the first is named.

        """
        if not envelopes:
            return
        first = envelopes[0]
        conflict = ConcurrencyConflict(first.aggregate, first.aggregate_id, first.version - 1)
        try:
            appended = self._connection.execute(_INSERT, _arrays(envelopes)).rowcount
        except sa.exc.IntegrityError as error:
            if "events_stream_version" not in str(error.orig):
                raise
            raise conflict from error
        if appended != len(envelopes):
            raise conflict

    def load(self, aggregate: str, aggregate_id: str) -> list[Envelope]:
        """Return every event of one aggregate, oldest first."""
        return self.load_all(aggregate, [aggregate_id])

    def load_all(self, aggregate: str, ids: Sequence[str]) -> list[Envelope]:
        """Return every event of some aggregates of a kind, the oldest of each first."""
        rows = self._connection.execute(_LOAD, {"aggregate": aggregate, "ids": ids})
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


def _arrays(envelopes: Sequence[Envelope]) -> dict[str, list[Any]]:
    rows = [record_row(to_record(envelope)) for envelope in envelopes]
    expected: dict[tuple[str, str], int] = {}
    for envelope in envelopes:
        expected.setdefault((envelope.aggregate, envelope.aggregate_id), envelope.version - 1)
    arrays = {name: [row[name] for row in rows] for name in _COLUMNS}
    return arrays | {
        "expected_version": [expected[row["aggregate"], row["aggregate_id"]] for row in rows]
    }


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
