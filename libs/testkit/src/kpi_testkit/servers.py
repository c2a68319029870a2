"""Real Postgres and NATS servers for tests, started from the wheels."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from kpi_local import nats, postgres, unprivileged
from kpi_local.ports import free_port
from kpi_testkit.processes import Process

ROLE = "kpi"
START_TIMEOUT = 60.0


class PostgresAccess(Protocol):
    """What a test needs of a Postgres server, wherever it runs."""

    def url(self, role: str = ..., database: str | None = ...) -> str:
        """`postgresql://…` for one of the server's roles."""
        ...


class PostgresServer:
    """A throwaway cluster below `directory`. Not synced to disk unless `durable`."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        unprivileged.own(directory)
        self._cluster = postgres.Postgres(directory / "postgres", free_port(), durable=durable)
        self._cluster.prepare()
        self.process = Process(self._cluster.command(), log=directory / "postgres.log")
        self.port = self._cluster.port

    def start(self) -> PostgresServer:
        """Start, also again after `kill`, on the same port and data."""
        self.process.start().wait_until(self._cluster.is_ready, START_TIMEOUT)
        return self

    def stop(self) -> None:
        """Shut down in order (sessions are ended)."""
        self.process.terminate(number=postgres.STOP_SIGNAL)

    def kill(self) -> None:
        """SIGKILL to the server, as a crash."""
        self.process.kill()

    def url(self, role: str = postgres.SUPERUSER, database: str | None = None) -> str:
        """`postgresql://role:…@127.0.0.1:port/database`; the superuser by default."""
        return self._cluster.url(role, database)

    def password(self, role: str) -> str:
        """Return the password of `role` on this server."""
        return self._cluster.password(role)


class Databases:
    """Fresh databases owned by an ordinary role, dropped together with their server."""

    def __init__(self, server: PostgresAccess, password: str) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}
        with self._superuser() as connection:
            postgres.create_role(connection, ROLE, password)

    def create(self, template: str = "template1") -> str:
        """URL of a new database; `template` is the name of one that `template()` made."""
        name = f"test_{next(self._numbers)}"
        with self._superuser() as connection:
            postgres.create_database(connection, name, owner=ROLE, template=template)
        return self._server.url(ROLE, name)

    def template(self, name: str, prepare: Callable[[str], None]) -> str:
        """Let `prepare(url)` fill a database once per session (migrations); return its name."""
        if name not in self._templates:
            database = f"template_{name}"
            with self._superuser() as connection:
                postgres.create_database(connection, database, owner=ROLE)
            prepare(self._server.url(ROLE, database))
            self._templates[name] = database
        return self._templates[name]

    def drop(self, url: str) -> None:
        """Drop the database of `url`, ending sessions that are still open."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        with self._superuser() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(name)))
            )

    def _superuser(self) -> psycopg.Connection:
        return psycopg.connect(self._server.url(), autocommit=True)


class NatsServer:
    """A throwaway JetStream server below `directory`, with the users of the embedded stack."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        self._server = nats.Nats(directory / "nats", free_port(), free_port(), durable=durable)
        self._server.prepare()
        self.process = Process(self._server.command(), log=directory / "nats.log")
        self.port = self._server.port

    def start(self) -> NatsServer:
        """Start, also again after `kill`, on the same port and streams."""
        self.process.start().wait_until(self._server.is_ready, START_TIMEOUT)
        return self

    def stop(self) -> None:
        """Shut down in order."""
        self.process.terminate(number=nats.STOP_SIGNAL)

    def kill(self) -> None:
        """SIGKILL to the server, as a crash."""
        self.process.kill()

    @property
    def url(self) -> str:
        """URL of the services' user, who may do everything."""
        return self._server.url()

    @property
    def systems_url(self) -> str:
        """URL of the user for other systems, who may only send commands and hear of events."""
        return self._server.url(nats.SYSTEMS_USER)
