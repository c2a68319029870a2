"""Tables of the event store, the same in every service's database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData()


class XID8(types.UserDefinedType[str]):
    """Postgres' 64-bit transaction id; travels as text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name in DDL."""
        return "xid8"


TIMESTAMP = sa.DateTime(timezone=True)

events = sa.Table(
    "events",
    metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("tx", XID8, nullable=False, server_default=sa.text("pg_current_xact_id()")),
    sa.Column("id", sa.Uuid, nullable=False, unique=True),
    sa.Column("aggregate", sa.Text, nullable=False),
    sa.Column("aggregate_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("time", TIMESTAMP, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
    sa.Column("causation_id", sa.Uuid),
    sa.Column("traceparent", sa.Text),
    sa.Column("data", postgresql.JSON, nullable=False),
    sa.UniqueConstraint("aggregate", "aggregate_id", "version", name="events_stream_version"),
    sa.Index("events_commit_order", "tx", "position"),
)

relay_cursor = sa.Table(
    "relay_cursor",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("tx", XID8, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("stream_created", TIMESTAMP, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

stream_versions = sa.Table(
    "stream_versions",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("aggregate", sa.Text, primary_key=True),
    sa.Column("aggregate_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)

held = sa.Table(
    "held",
    metadata,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("aggregate", sa.Text, primary_key=True),
    sa.Column("aggregate_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("headers", postgresql.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

parked = sa.Table(
    "parked",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("consumer", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("seq", sa.BigInteger),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("headers", postgresql.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("parked_at", TIMESTAMP, nullable=False, server_default=sa.func.now()),
)

_REFUSE_CHANGES = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)


def create_tables_v1(connection: sa.Connection) -> None:
    """Create the tables above as of the first migration; `events` refuses UPDATE and DELETE."""
    metadata.create_all(connection, checkfirst=False)
    for statement in _REFUSE_CHANGES:
        connection.execute(sa.text(statement))
