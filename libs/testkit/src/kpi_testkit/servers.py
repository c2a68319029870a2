"""What a test may do with the servers, wherever they run, and its databases on them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol, Self

import psycopg
from psycopg import sql

from kpi_local import postgres

ROLE = "kpi"


class Server(Protocol):
    """A throwaway server; after `stop` or `kill`, `start` brings it back on its port and data."""

    def start(self) -> Self:
        """Start and wait until it serves."""
        ...

    def stop(self) -> None:
        """Shut down in order."""
        ...

    def kill(self) -> None:
        """SIGKILL, as a crash."""
        ...

    def close(self) -> None:
        """End it for good."""
        ...


class PostgresServer(Server, Protocol):
    """A throwaway Postgres."""

    def url(self, role: str = ..., database: str | None = ...) -> str:
        """Return `postgresql://…`; the superuser's by default."""
        ...

    def password(self, role: str) -> str:
        """Return the password that `role` has, or is to have."""
        ...


class NatsServer(Server, Protocol):
    """A throwaway NATS with JetStream and the users of the embedded stack."""

    @property
    def url(self) -> str:
        """URL of the services' user, who may do everything."""
        ...

    @property
    def systems_url(self) -> str:
        """URL of the user for other systems, who may only send commands and hear of events."""
        ...


class Databases:
    """Fresh databases owned by an ordinary role, dropped together with their server."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}
        with self._superuser() as connection:
            postgres.create_role(connection, ROLE, server.password(ROLE))

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
