"""Which executions wait for a worker, and which worker holds which.

Both tables follow from the events but for their clock: due times and lease ends are the
database's own, so that a worker with a wrong clock neither jumps the queue nor loses its work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import (
    AGGREGATE,
    ExecutionCancelled,
    ExecutionFailed,
    ExecutionQueued,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
)
from kpi_eventsourcing.read_table import execute_all
from kpi_eventsourcing.schema import TIMESTAMP
from kpi_executor.executions import metadata

ENDS = (ExecutionSucceeded, ExecutionFailed, ExecutionTimedOut, ExecutionCancelled)
LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0

waiting = sa.Table(
    "waiting",
    metadata,
    sa.Column("execution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("due_at", TIMESTAMP, nullable=False, index=True),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("execution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text, nullable=False, index=True),
    sa.Column("expires_at", TIMESTAMP, nullable=False, index=True),
)

_CLAIMS = 0x6B706965  # arbitrary; the first key of the advisory locks below

# Statements of every execution, built once: building one takes as long as executing it.
_IDS = sa.bindparam("executions", type_=ARRAY(sa.BigInteger))
_CLAIM = sa.select(
    sa.func.pg_advisory_xact_lock(
        _CLAIMS, sa.cast(sa.func.unnest(_IDS) % sa.literal(2**31, sa.BigInteger), sa.Integer)
    )
)
_LOCK_WAITING = (
    sa.select(waiting.c.execution_id)
    .where(waiting.c.execution_id == sa.func.any(_IDS))
    .order_by(waiting.c.execution_id)
    .with_for_update()
)
_LEAVE = {
    table: sa.delete(table).where(table.c.execution_id == sa.func.any(_IDS))
    for table in (waiting, leases)
}
_ENQUEUE = insert(waiting).values(
    execution_id=sa.bindparam("execution"),
    due_at=sa.func.clock_timestamp() + sa.bindparam("delay", type_=sa.Interval),
)
_HOLD = insert(leases).values(
    execution_id=sa.bindparam("execution"),
    attempt=sa.bindparam("number"),
    worker=sa.bindparam("holder"),
    expires_at=sa.func.clock_timestamp() + LEASE,
)
_DUE = (
    sa.select(waiting.c.execution_id)
    .where(waiting.c.due_at <= sa.func.clock_timestamp())
    .order_by(waiting.c.due_at, waiting.c.execution_id)
    .limit(sa.bindparam("limit"))
    .with_for_update(skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's hold on one attempt of an execution."""

    execution_id: int
    attempt: int


def project(connection: sa.Connection, envelopes: Sequence[Envelope]) -> None:
    """Move executions into the queue, into a worker's hands, or out of both."""
    moves = _Moves()
    for envelope in envelopes:
        if envelope.aggregate == AGGREGATE:
            moves.note(int(envelope.aggregate_id), envelope.time, envelope.data)
    moves.make(connection)


class _Moves:
    """What some events come to: who leaves which table, and who enters it afterwards."""

    def __init__(self) -> None:
        self._leaving: dict[sa.Table, list[int]] = {waiting: [], leases: []}
        self._queued: list[dict[str, Any]] = []
        self._held: list[dict[str, Any]] = []

    def note(self, execution_id: int, time: datetime, event: DomainEvent) -> None:
        """Note what an event means for its execution."""
        match event:
            case ExecutionQueued(attempt=attempt, not_before=not_before):
                if attempt > 1:
                    self._leaving[leases].append(execution_id)
                delay = max(not_before - time, timedelta())
                self._queued.append({"execution": execution_id, "delay": delay})
            case ExecutionStarted(attempt=attempt, worker=worker):
                self._leaving[waiting].append(execution_id)
                hold = {"execution": execution_id, "number": attempt, "holder": worker}
                self._held.append(hold)
            case event if isinstance(event, ENDS):
                left = waiting if event.attempt is None else leases
                self._leaving[left].append(execution_id)

    def make(self, connection: sa.Connection) -> None:
        """Write the tables."""
        for table, ids in self._leaving.items():
            if ids:
                connection.execute(_LEAVE[table], {"executions": ids})
        execute_all(connection, _ENQUEUE, self._queued)
        execute_all(connection, _HOLD, self._held)


def claim(connection: sa.Connection, execution_ids: Sequence[int]) -> None:
    """Keep others from ending, cancelling or recovering these executions; wait for who does so.

    To be called before anything is written or a row is locked: the order of transaction ids is
    that in which events are published, and these locks, unlike those of rows, give out none. So
    what follows on the events of whoever had the claim before has the higher id.
    """
    connection.execute(_CLAIM, {"executions": sorted(execution_ids)})


def lock_waiting(connection: sa.Connection, execution_ids: Sequence[int]) -> None:
    """Wait for whoever takes these executions, and keep others from doing so.

    To be called before they are loaded: workers lock their rows here first and append
    afterwards, so whoever appended first and came here second would deadlock with them.
    """
    connection.execute(_LOCK_WAITING, {"executions": execution_ids})


def due(connection: sa.Connection, limit: int) -> Sequence[int]:
    """Return executions to start now, oldest first, locked against other workers."""
    return connection.execute(_DUE, {"limit": limit}).scalars().all()


def next_due_in(connection: sa.Connection) -> float | None:
    """Return the seconds until the next execution is due, None if none waits."""
    query = sa.select(
        sa.func.extract("epoch", sa.func.min(waiting.c.due_at) - sa.func.clock_timestamp())
    )
    seconds = connection.execute(query).scalar_one()
    return None if seconds is None else max(0.0, float(seconds))


def renew(connection: sa.Connection, worker: str, execution_ids: Sequence[int]) -> None:
    """Prolong a worker's leases of what it runs.

    What it took without hearing of it, because its connection broke, it lets go by that.
    """
    own = (
        sa.select(leases.c.execution_id)
        .where(leases.c.worker == worker, leases.c.execution_id.in_(execution_ids))
        .with_for_update(skip_locked=True)  # those are being ended
    )
    connection.execute(
        sa.update(leases)
        .where(leases.c.execution_id.in_(own))
        .values(expires_at=sa.func.clock_timestamp() + LEASE)
    )


def expired(connection: sa.Connection, limit: int) -> Sequence[Lease]:
    """Return holds whose workers have not renewed them, claimed."""
    query = sa.select(leases.c.execution_id, leases.c.attempt).where(
        leases.c.expires_at < sa.func.clock_timestamp()
    )
    found = connection.execute(query.with_only_columns(leases.c.execution_id).limit(limit))
    ids = list(found.scalars())
    if not ids:
        return []
    claim(connection, ids)
    still = connection.execute(query.where(leases.c.execution_id.in_(ids)))
    return [Lease(row.execution_id, row.attempt) for row in still]


def held_by(connection: sa.Connection, worker: str) -> set[Lease]:
    """Return what a worker still holds; what it runs beside that belongs to others by now."""
    query = sa.select(leases.c.execution_id, leases.c.attempt).where(leases.c.worker == worker)
    return {Lease(row.execution_id, row.attempt) for row in connection.execute(query)}
