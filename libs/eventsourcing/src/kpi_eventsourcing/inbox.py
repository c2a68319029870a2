"""Exactly-once effect of consumed events, in aggregate order, whatever the delivery does.

A consumer's position in the stream and the newest version it has seen of each aggregate are
advanced in the transaction of the effect itself. So a delivery is dropped when its place in the
stream is passed or its version is known, and held when a version before it is still missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from kpi_contracts.envelope import Record
from kpi_contracts.messages import decode, encode
from kpi_eventsourcing.schema import checkpoints, held, stream_versions

Key = tuple[str, str]

# Statements of every batch, built once: building one takes as long as executing it.
_OF_CONSUMER = sa.bindparam("of", type_=sa.Text)
_CHECKPOINT = sa.select(checkpoints).where(checkpoints.c.consumer == _OF_CONSUMER)
_LOCKED_CHECKPOINT = _CHECKPOINT.with_for_update()
_MOVED = insert(checkpoints)
_MOVE = _MOVED.on_conflict_do_update(
    index_elements=["consumer"],
    set_={"stream_created": _MOVED.excluded.stream_created, "seq": _MOVED.excluded.seq},
)
_KEYS = sa.select(
    sa.func.unnest(sa.bindparam("aggregates", type_=ARRAY(sa.Text))),
    sa.func.unnest(sa.bindparam("ids", type_=ARRAY(sa.Text))),
)
_VERSIONS = sa.select(stream_versions).where(
    stream_versions.c.consumer == _OF_CONSUMER,
    sa.tuple_(stream_versions.c.aggregate, stream_versions.c.aggregate_id).in_(_KEYS),
)
_HELD = sa.select(held).where(
    held.c.consumer == _OF_CONSUMER, sa.tuple_(held.c.aggregate, held.c.aggregate_id).in_(_KEYS)
)
_NEW_VERSIONS = insert(stream_versions).from_select(
    ["consumer", "aggregate", "aggregate_id", "version"],
    sa.select(
        sa.cast(_OF_CONSUMER, sa.Text),
        *_KEYS.selected_columns,
        sa.func.unnest(sa.bindparam("versions", type_=ARRAY(sa.Integer))),
    ),
)
_STORE_VERSIONS = _NEW_VERSIONS.on_conflict_do_update(
    index_elements=["consumer", "aggregate", "aggregate_id"],
    set_={"version": _NEW_VERSIONS.excluded.version},
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """An event as it came from the stream, at the stream's sequence number `seq`."""

    seq: int
    record: Record

    @property
    def key(self) -> Key:
        """The aggregate that the event belongs to."""
        return self.record.aggregate, self.record.aggregate_id


@dataclass(frozen=True, slots=True)
class Repeat:
    """A delivery of a version that an event before it has taken: mostly the same one again.

    `first` is the id of that event as long as it is held; afterwards only the consumer knows it.
    """

    event: Delivered
    first: UUID | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of some deliveries; those not named here are held, or of a place passed."""

    admitted: list[Delivered]
    repeats: list[Repeat]


class Inbox:
    """What one named consumer has already taken in."""

    def __init__(self, consumer: str) -> None:
        self._consumer = consumer

    def position(self, connection: sa.Connection, stream_created: datetime) -> int:
        """Return the last sequence taken in from this incarnation of the stream, 0 if none."""
        return self._reached(connection, _CHECKPOINT, stream_created)

    def admit(
        self, connection: sa.Connection, stream_created: datetime, messages: Sequence[Delivered]
    ) -> list[Delivered]:
        """Advance the consumer and return the events to handle now, each exactly once.

        `messages` are in stream order. The result may lack some of them (seen before, or held
        until an earlier version comes) and may hold earlier ones that waited for these.
        """
        return self.take_in(connection, stream_created, messages).admitted

    def take_in(
        self, connection: sa.Connection, stream_created: datetime, messages: Sequence[Delivered]
    ) -> Intake:
        """Like `admit`, and tell which events came for a version that was taken already."""
        last = self._reached(connection, _LOCKED_CHECKPOINT, stream_created)
        fresh = [message for message in messages if message.seq > last]
        if not fresh:
            return Intake([], [])
        self.advance(connection, stream_created, fresh[-1].seq)
        return self._in_version_order(connection, fresh)

    def advance(self, connection: sa.Connection, stream_created: datetime, seq: int) -> None:
        """Move the position to `seq`; used alone to pass over what cannot be decoded."""
        connection.execute(
            _MOVE, {"consumer": self._consumer, "stream_created": stream_created, "seq": seq}
        )

    def _reached(
        self, connection: sa.Connection, query: sa.Select[Any], stream_created: datetime
    ) -> int:
        row = connection.execute(query, {"of": self._consumer}).one_or_none()
        return row.seq if row is not None and row.stream_created == stream_created else 0

    def _in_version_order(self, connection: sa.Connection, fresh: Sequence[Delivered]) -> Intake:
        versions = self._versions(connection, {message.key for message in fresh})
        queues = self._held(connection, versions)
        were_held = bool(queues)
        intake = Intake([], [])
        for message in fresh:
            queue = queues.setdefault(message.key, {})
            version = message.record.version
            if version <= versions[message.key]:
                intake.repeats.append(Repeat(message))
            elif (first := queue.setdefault(version, message)) is not message:
                intake.repeats.append(Repeat(message, first.record.id))
            intake.admitted.extend(self._take_next(versions, queue, message.key))
        keys = {message.key for message in intake.admitted}
        self._store_versions(connection, versions, keys)
        if were_held:
            self._release(connection, versions)
        self._hold(connection, versions, queues)
        return intake

    @staticmethod
    def _take_next(
        versions: dict[Key, int], queue: dict[int, Delivered], key: Key
    ) -> Iterable[Delivered]:
        while (following := queue.get(versions.get(key, 0) + 1)) is not None:
            versions[key] = following.record.version
            yield following

    def _versions(self, connection: sa.Connection, keys: set[Key]) -> dict[Key, int]:
        rows = connection.execute(_VERSIONS, self._keys(keys))
        known = {(row.aggregate, row.aggregate_id): row.version for row in rows}
        return {key: known.get(key, 0) for key in keys}

    def _held(
        self, connection: sa.Connection, keys: Iterable[Key]
    ) -> dict[Key, dict[int, Delivered]]:
        rows = connection.execute(_HELD, self._keys(keys))
        queues: dict[Key, dict[int, Delivered]] = {}
        for row in rows:
            message = Delivered(row.seq, decode(row.headers, row.body))
            queues.setdefault(message.key, {})[row.version] = message
        return queues

    def _store_versions(
        self, connection: sa.Connection, versions: dict[Key, int], keys: set[Key]
    ) -> None:
        if keys:
            reached = {"versions": [versions[key] for key in sorted(keys)]}
            connection.execute(_STORE_VERSIONS, self._keys(keys) | reached)

    def _keys(self, keys: Iterable[Key]) -> dict[str, Any]:
        aggregates, ids = zip(*sorted(keys), strict=True)
        return {"of": self._consumer, "aggregates": list(aggregates), "ids": list(ids)}

    def _release(self, connection: sa.Connection, versions: dict[Key, int]) -> None:
        for (aggregate, aggregate_id), version in versions.items():
            connection.execute(
                sa.delete(held).where(
                    held.c.consumer == self._consumer,
                    held.c.aggregate == aggregate,
                    held.c.aggregate_id == aggregate_id,
                    held.c.version <= version,
                )
            )

    def _hold(
        self,
        connection: sa.Connection,
        versions: dict[Key, int],
        queues: dict[Key, dict[int, Delivered]],
    ) -> None:
        rows = [
            self._held_row(message)
            for key, queue in queues.items()
            for version, message in queue.items()
            if version > versions[key]
        ]
        if rows:
            connection.execute(insert(held).on_conflict_do_nothing(), rows)

    def _held_row(self, message: Delivered) -> dict[str, Any]:
        wire = encode(message.record)
        return {
            "consumer": self._consumer,
            "aggregate": message.record.aggregate,
            "aggregate_id": message.record.aggregate_id,
            "version": message.record.version,
            "seq": message.seq,
            "headers": wire.headers,
            "body": wire.body,
        }
