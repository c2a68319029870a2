"""Which executions wait for a worker, and which worker holds which.

Both tables follow from the events but for their clock: due times and lease ends are the
database's own, so that a worker with a wrong clock neither jumps the queue nor loses its work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import (
    ExecutionCancelled,
    ExecutionFailed,
    ExecutionQueued,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
)
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

# Statements of every execution, built once: building one takes as long as executing it.
_LOCK = tuple(
    sa.select(table.c.execution_id)
    .where(table.c.execution_id == sa.bindparam("execution"))
    .with_for_update()
    for table in (waiting, leases)
)
_DELETE = {
    table: sa.delete(table).where(table.c.execution_id == sa.bindparam("execution"))
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


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Move an execution into the queue, into a worker's hands, or out of both."""
    if envelope.aggregate != "execution":
        return
    execution_id, event = int(envelope.aggregate_id), envelope.data
    if isinstance(event, ExecutionQueued):
        delay = max(event.not_before - envelope.time, timedelta())
        if event.attempt > 1:
            _delete(connection, leases, execution_id)
        _enqueue(connection, execution_id, delay)
    elif isinstance(event, ExecutionStarted):
        _hold(connection, execution_id, event)
    elif isinstance(event, ENDS):
        _delete(connection, waiting if event.attempt is None else leases, execution_id)


def lock(connection: sa.Connection, execution_id: int) -> None:
    """Wait for whoever takes or recovers this execution, and keep others from doing so.

    To be called before the execution is loaded: workers lock its row here first and append
    afterwards, so whoever appended first and came here second would deadlock with them.
    """
    for statement in _LOCK:
        connection.execute(statement, {"execution": execution_id})


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


def renew(connection: sa.Connection, worker: str) -> None:
    """Prolong every lease of a worker."""
    connection.execute(
        sa.update(leases)
        .where(leases.c.worker == worker)
        .values(expires_at=sa.func.clock_timestamp() + LEASE)
    )


def expired(connection: sa.Connection, limit: int) -> Sequence[Lease]:
    """Return holds whose workers have not renewed them, locked against other workers."""
    query = (
        sa.select(leases.c.execution_id, leases.c.attempt)
        .where(leases.c.expires_at < sa.func.clock_timestamp())
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Lease(row.execution_id, row.attempt) for row in connection.execute(query)]


def held_by(connection: sa.Connection, worker: str) -> set[Lease]:
    """Return what a worker still holds; what it runs beside that belongs to others by now."""
    query = sa.select(leases.c.execution_id, leases.c.attempt).where(leases.c.worker == worker)
    return {Lease(row.execution_id, row.attempt) for row in connection.execute(query)}


def _enqueue(connection: sa.Connection, execution_id: int, delay: timedelta) -> None:
    connection.execute(_ENQUEUE, {"execution": execution_id, "delay": delay})


def _hold(connection: sa.Connection, execution_id: int, event: ExecutionStarted) -> None:
    _delete(connection, waiting, execution_id)
    connection.execute(
        _HOLD, {"execution": execution_id, "number": event.attempt, "holder": event.worker}
    )


def _delete(connection: sa.Connection, table: sa.Table, execution_id: int) -> None:
    connection.execute(_DELETE[table], {"execution": execution_id})
