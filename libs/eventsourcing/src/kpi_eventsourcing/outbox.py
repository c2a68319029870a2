"""The event table read as an outbox, in commit order.

Polling `position > last` skips rows that a slower transaction commits later with a lower
position. The cursor is therefore the pair (transaction id, position), and only transactions
older than every running one are read: what is behind the cursor can never change.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kpi_contracts.envelope import Record
from kpi_eventsourcing.schema import events, relay_cursor
from kpi_eventsourcing.store import row_record

WAKE_CHANNEL = "kpi_events"

_AFTER = "(events.tx, events.position) > (CAST(:tx AS xid8), :position)"
_SETTLED = "events.tx < pg_snapshot_xmin(pg_current_snapshot())"
_PENDING = (
    sa.select(events)
    .where(sa.text(_AFTER), sa.text(_SETTLED))
    .order_by(events.c.tx, events.c.position)
    .limit(sa.bindparam("limit"))
)
_LAG = sa.text(
    f"""
    SELECT count(*) AS events,
           coalesce(extract(epoch FROM now() - min(time)), 0) AS seconds
    FROM (SELECT time FROM events WHERE {_AFTER} ORDER BY tx, position LIMIT 100000) AS waiting
    """  # noqa: S608 - a constant
)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in commit order."""

    tx: int
    position: int


START = Cursor(0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event waiting to be published, and the cursor that lies just behind it."""

    cursor: Cursor
    record: Record


@dataclass(frozen=True, slots=True)
class Lag:
    """How far publishing is behind: unpublished events (at most 100,000) and the oldest's age."""

    events: int
    seconds: float


class Outbox:
    """The unpublished part of the event table, as seen by the relay called `name`."""

    def __init__(self, engine: sa.Engine, name: str = "relay") -> None:
        self._engine = engine
        # Single reads, and many of them: no BEGIN and ROLLBACK around each.
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._name = name

    def cursor(self) -> Cursor:
        """Return the place behind the last event marked as published."""
        query = sa.select(relay_cursor.c.tx, relay_cursor.c.position).where(
            relay_cursor.c.name == self._name
        )
        with self._reading.connect() as connection:
            row = connection.execute(query).one_or_none()
        return Cursor(int(row.tx), row.position) if row else START

    def pending(self, limit: int = 1000, after: Cursor | None = None) -> list[Entry]:
        """Return the next events in commit order, behind `after` or the stored cursor."""
        cursor = after or self.cursor()
        values = {"tx": str(cursor.tx), "position": cursor.position, "limit": limit}
        with self._reading.connect() as connection:
            rows = connection.execute(_PENDING, values).all()
        return [Entry(Cursor(int(row.tx), row.position), row_record(row)) for row in rows]

    def mark(self, cursor: Cursor) -> None:
        """Remember that everything up to and including `cursor` has been published."""
        values = {"tx": str(cursor.tx), "position": cursor.position}
        statement = (
            insert(relay_cursor)
            .values(name=self._name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )
        with self._engine.begin() as connection:
            connection.execute(statement)

    def rewind(self) -> None:
        """Start over from the first event, to refill a lost stream."""
        self.mark(START)

    def lag(self) -> Lag:
        """Return how much is waiting, counting what is committed but not settled yet."""
        cursor = self.cursor()
        with self._reading.connect() as connection:
            row = connection.execute(
                _LAG, {"tx": str(cursor.tx), "position": cursor.position}
            ).one()
        return Lag(row.events, float(row.seconds))
