"""The service's Postgres: the engine, its schema's revision, and migrations.

Migrations lie inside the service's package (`kpi_<name>/migrations/v0001_….py`), so that they
are found in an editable install and in a wheel alike.
"""

from __future__ import annotations

import time
from functools import cache
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_LOCK = 0x6B706932  # arbitrary; one migration at a time per database
REST_SECONDS = 2.0  # after which a pooled connection is asked whether it is still there
POOL_WAIT = 2.0  # seconds a request waits for a connection before it is answered with 503


class SchemaMismatch(Exception):
    """The database is not at the revision that this code was written for."""


def make_engine(
    url: str,
    *,
    name: str,
    pool_size: int = 8,
    statement_timeout: float = 30.0,
    lock_timeout: float = 10.0,
) -> Engine:
    """Return an engine for `url` that fails soon rather than hangs.

    At most `pool_size` connections; timeouts in seconds, enforced by the server, 0 = none.
    `name` appears in pg_stat_activity.
    """
    settings = {
        "statement_timeout": f"{int(statement_timeout * 1000)}ms",
        "lock_timeout": f"{int(lock_timeout * 1000)}ms",
        "idle_in_transaction_session_timeout": "60s",
        "TimeZone": "UTC",
    }
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT,
        pool_use_lifo=True,
        connect_args={
            "application_name": name,
            "connect_timeout": 3,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25_000,  # milliseconds; keepalives are not sent behind a request
            "prepare_threshold": 2,
            "options": " ".join(f"-c {key}={value}" for key, value in settings.items()),
        },
    )
    _ping_after_rest(engine)
    return engine


def _ping_after_rest(engine: Engine) -> None:
    """Ask a connection that has rested whether it is still there, before it is used again.

    SQLAlchemy's pre-ping would ask before every use, which doubles the round trips of a busy
    service. A connection that breaks in use takes the whole pool with it, so it happens once.
    """

    def rest(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    def wake(
        connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        rested = time.monotonic() - record.info.get("rests_since", time.monotonic())
        if rested < REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError(str(error)) from error

    event.listen(engine, "checkin", rest)
    event.listen(engine, "checkout", wake)


def reader(engine: Engine) -> Engine:
    """Return a view on `engine` (same pool) for single reads: no BEGIN and ROLLBACK around each."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def migrate(url: str, package: str) -> str:
    """Bring the database at `url` to the newest revision of `package`; return that revision.

    All pending migrations run in one transaction, under an advisory lock: of several processes
    that start at once one migrates, the others wait and find nothing to do.
    """
    engine = make_engine(url, name=f"{package} migrate", statement_timeout=0, lock_timeout=60)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            config = alembic_config(package)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return _present(connection) or "empty"
    finally:
        engine.dispose()


def verify_schema(engine: Engine, package: str) -> None:
    """Raise SchemaMismatch unless the database is at the newest revision of `package`.

    This is also the readiness check of the database: it fails when there is no connection.
    """
    with engine.connect() as connection:
        present = _present(connection)
    wanted = _head(package)
    if present != wanted:
        raise SchemaMismatch(
            f"the database is at revision {present or 'none'}, not at {wanted}: run migrate"
        )


def alembic_config(package: str) -> Config:
    """Return Alembic's configuration for the migrations of `package`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("version_locations", str(files(package) / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _head(package: str) -> str | None:
    return ScriptDirectory.from_config(alembic_config(package)).get_current_head()


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
