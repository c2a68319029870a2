"""What became of each result, kept by inline projection of the service's own events."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Envelope
from kpi_contracts.result import (
    AGGREGATE,
    ComparedRows,
    ResultCompared,
    ResultDamaged,
    ResultExpired,
    ResultExported,
    ResultRepaired,
    ResultStored,
    ResultViewed,
    Selection,
)
from kpi_contracts.schemas import schema_of
from kpi_eventsourcing.schema import TIMESTAMP

metadata = sa.MetaData()

results = sa.Table(
    "results",
    metadata,
    sa.Column("execution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kpi_id", sa.BigInteger),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("stored_at", TIMESTAMP, nullable=False),
    sa.Column("compared_at", TIMESTAMP),
    sa.Column("previous_execution_id", sa.BigInteger),
    sa.Column("new", sa.BigInteger),
    sa.Column("resolved", sa.BigInteger),
    sa.Column("persisting", sa.BigInteger),
    sa.Column("changed", sa.BigInteger),
    sa.Column("damaged_at", TIMESTAMP),
    sa.Column("expired_at", TIMESTAMP),
    sa.Column("expired_reason", sa.Text),
    sa.Index("results_of_kpi", "kpi_id", "execution_id"),
    sa.Index("results_to_compare", "execution_id", postgresql_where=sa.text("compared_at IS NULL")),
    sa.Index("results_kept", "stored_at", postgresql_where=sa.text("expired_at IS NULL")),
)

exports = sa.Table(
    "exports",
    metadata,
    sa.Column("execution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("format", sa.Text, primary_key=True),
    sa.Column("selection", sa.Text, primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
)
"""The newest complete export of each selection: what its manifest says without making it again."""

damaged_parts = sa.Table(
    "damaged_parts",
    metadata,
    sa.Column("execution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Text, primary_key=True),
)
"""The parts that are damaged now; a result that has any has a `damaged_at`."""

TABLES = (results, exports, damaged_parts)

READABLE = (results.c.expired_at.is_(None), results.c.damaged_at.is_(None))
"""Conditions of results whose rows can be read, for all that is known."""

# Built once: building a statement takes as long as executing it.
_STORE = sa.insert(results)
_UPDATE = sa.update(results).where(results.c.execution_id == sa.bindparam("execution"))


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Bring the tables up to an event of a result; others do not concern them."""
    if envelope.aggregate == AGGREGATE:
        PROJECTIONS[type(envelope.data)](connection, envelope, envelope.data)


def is_readable(connection: sa.Connection, execution_id: int) -> bool:
    """Whether all rows of a result can be read, for all that is known."""
    query = sa.exists().where(results.c.execution_id == execution_id, *READABLE)
    return connection.execute(sa.select(query)).scalar_one()


def selection_digest(selection: Selection, compared: ComparedRows | None = None) -> str:
    """Name the rows that are selected, of a class of a comparison if one is given.

    Equal selections have equal names, whatever the order of their members.
    """
    plain = schema_of(Selection).dump(selection)
    if compared is not None:
        plain = {"selection": plain, "compared": schema_of(ComparedRows).dump(compared)}
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _stored(connection: sa.Connection, envelope: Envelope, event: ResultStored) -> None:
    connection.execute(
        _STORE,
        {
            "execution_id": event.execution_id,
            "kpi_id": event.kpi_id,
            "rows": event.rows,
            "bytes": event.bytes,
            "stored_at": envelope.time,
        },
    )


def _compared(connection: sa.Connection, envelope: Envelope, event: ResultCompared) -> None:
    _update(
        connection,
        event.execution_id,
        compared_at=envelope.time,
        previous_execution_id=event.previous_execution_id,
        new=event.new,
        resolved=event.resolved,
        persisting=event.persisting,
        changed=event.changed,
    )


def _viewed(_connection: sa.Connection, _envelope: Envelope, _event: ResultViewed) -> None:
    """Return views are only on record."""


def _exported(connection: sa.Connection, _envelope: Envelope, event: ResultExported) -> None:
    if not event.complete:
        return
    values = {"rows": event.rows, "bytes": event.bytes, "sha256": event.sha256}
    connection.execute(
        insert(exports)
        .values(
            execution_id=event.execution_id,
            format=event.format,
            selection=selection_digest(event.selection, event.compared),
            **values,
        )
        .on_conflict_do_update(index_elements=["execution_id", "format", "selection"], set_=values)
    )


def _damaged(connection: sa.Connection, envelope: Envelope, event: ResultDamaged) -> None:
    connection.execute(
        sa.insert(damaged_parts), {"execution_id": event.execution_id, "part": event.part}
    )
    _update(connection, event.execution_id, damaged_at=envelope.time)


def _repaired(connection: sa.Connection, _envelope: Envelope, event: ResultRepaired) -> None:
    of_it = damaged_parts.c.execution_id == event.execution_id
    connection.execute(sa.delete(damaged_parts).where(of_it, damaged_parts.c.part == event.part))
    still = sa.exists().where(of_it)
    connection.execute(
        sa.update(results)
        .where(results.c.execution_id == event.execution_id, ~still)
        .values(damaged_at=None)
    )


def _expired(connection: sa.Connection, envelope: Envelope, event: ResultExpired) -> None:
    _update(
        connection,
        event.execution_id,
        expired_at=envelope.time,
        expired_reason=event.reason,
    )


def _update(connection: sa.Connection, execution_id: int, **values: Any) -> None:
    connection.execute(_UPDATE, {"execution": execution_id, **values})


PROJECTIONS: Mapping[type[DomainEvent], Callable[[sa.Connection, Envelope, Any], None]] = {
    ResultStored: _stored,
    ResultCompared: _compared,
    ResultViewed: _viewed,
    ResultExported: _exported,
    ResultDamaged: _damaged,
    ResultRepaired: _repaired,
    ResultExpired: _expired,
}
