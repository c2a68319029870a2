"""The log: every event of the house, appended once, in one gapless hash chain.

Entries get their sequence numbers and hashes under a lock, in the transaction that also moves
the consumer's position. What an event says is not looked at: events of a type that this build
does not know are kept like all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from kpi_audit.chain import START, Head, Link, next_hash
from kpi_contracts.envelope import Record
from kpi_contracts.messages import canonical
from kpi_eventsourcing.inbox import Delivered
from kpi_eventsourcing.schema import TIMESTAMP
from kpi_eventsourcing.store import record_row, row_record

Place = tuple[str, str, int]  # aggregate, its id, version

PAGE = 2000
_LOCK = 0x61756474  # arbitrary; one writer of the chain at a time per database

metadata = sa.MetaData()

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Uuid, nullable=False, unique=True, comment="of the event"),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("prev_hash", sa.LargeBinary, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("aggregate", sa.Text, nullable=False),
    sa.Column("aggregate_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("time", TIMESTAMP, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
    sa.Column("causation_id", sa.Uuid),
    sa.Column("traceparent", sa.Text),
    sa.Column("data", JSON, nullable=False),
    sa.Column("stream_seq", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", TIMESTAMP, nullable=False, server_default=sa.func.now()),
    sa.Index("audit_log_aggregate", "aggregate", "aggregate_id", "seq"),
    sa.Index("audit_log_actor", "actor", "seq"),
    sa.Index("audit_log_time", "time"),
    sa.Index("audit_log_correlation", "correlation_id"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in the log."""

    seq: int
    prev_hash: bytes
    hash: bytes
    record: Record
    stream_seq: int


def create_tables_v1(connection: sa.Connection) -> None:
    """Create the log; it refuses UPDATE, DELETE and TRUNCATE (`refuse_change` must exist)."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(append_only(audit_log))


def append_only(table: sa.Table) -> sa.TextClause:
    """Return the statement that makes a table refuse every change but INSERT."""
    return sa.text(
        f"CREATE TRIGGER {table.name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        f" ON {table.name} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def append(connection: sa.Connection, events: Sequence[Delivered]) -> list[Entry]:
    """Append the events that the log does not hold yet; return their entries."""
    if not events:
        return []
    hold_writers(connection)
    entries = list(_chained(head(connection), _unknown(connection, events)))
    if entries:
        connection.execute(sa.insert(audit_log), [_row(entry) for entry in entries])
    return entries


def first_at(connection: sa.Connection, records: Sequence[Record]) -> dict[Place, UUID]:
    """Return the ids of the events that the log holds at the versions of some others."""
    table = audit_log.c
    places = {(record.aggregate, record.aggregate_id, record.version) for record in records}
    query = sa.select(table.aggregate, table.aggregate_id, table.version, table.id).where(
        sa.tuple_(table.aggregate, table.aggregate_id, table.version).in_(sorted(places))
    )
    return {
        (row.aggregate, row.aggregate_id, row.version): row.id for row in connection.execute(query)
    }


def hold_writers(connection: sa.Connection) -> None:
    """Keep everybody else from appending until the transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def head(connection: sa.Connection) -> Head:
    """Return the end of the stored chain."""
    query = sa.select(audit_log.c.seq, audit_log.c.hash).order_by(audit_log.c.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Head(row.seq, row.hash) if row else START


def entries(
    connection: sa.Connection, after: int = 0, to: int | None = None, page: int = PAGE
) -> Iterator[list[Entry]]:
    """Yield the entries behind `after` in pages, up to `to` or the end at the time of reading."""
    while True:
        query = sa.select(audit_log).where(audit_log.c.seq > after).order_by(audit_log.c.seq)
        if to is not None:
            query = query.where(audit_log.c.seq <= to)
        found = [entry_of(row) for row in connection.execute(query.limit(page))]
        if found:
            yield found
            after = found[-1].seq
        if len(found) < page:
            return


def links(connection: sa.Connection, after: int = 0, to: int | None = None) -> Iterator[Link]:
    """Yield the stored chain behind `after`, page by page, for verification."""
    for found in entries(connection, after, to):
        yield from map(link_of, found)


def link_of(entry: Entry) -> Link:
    """Return an entry as a link of the chain, its content computed from the stored columns."""
    return Link(entry.seq, entry.prev_hash, entry.hash, _content(entry.record))


def entry_of(row: sa.Row[Any]) -> Entry:
    """Return a row of the table as an entry."""
    return Entry(row.seq, row.prev_hash, row.hash, row_record(row), row.stream_seq)


def _unknown(connection: sa.Connection, events: Sequence[Delivered]) -> Iterator[Delivered]:
    ids = [event.record.id for event in events]
    known = set(connection.scalars(sa.select(audit_log.c.id).where(audit_log.c.id.in_(ids))))
    for event in events:
        if event.record.id not in known:
            known.add(event.record.id)
            yield event


def _chained(last: Head, events: Iterable[Delivered]) -> Iterator[Entry]:
    for event in events:
        digest = next_hash(last.hash, canonical(event.record))
        yield Entry(last.seq + 1, last.hash, digest, event.record, event.seq)
        last = Head(last.seq + 1, digest)


def _row(entry: Entry) -> dict[str, Any]:
    return record_row(entry.record) | {
        "seq": entry.seq,
        "hash": entry.hash,
        "prev_hash": entry.prev_hash,
        "stream_seq": entry.stream_seq,
    }


def _content(record: Record) -> bytes:
    try:
        return canonical(record)
    except ValueError:
        return b""  # text that has no UTF-8 form was never hashed: the link will not hold
