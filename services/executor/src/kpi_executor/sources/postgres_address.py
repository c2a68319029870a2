"""From the URL a user gives to connection parameters that mean only what is checked."""

from __future__ import annotations

import os
from collections.abc import Mapping

import psycopg
from psycopg.conninfo import conninfo_to_dict

from kpi_executor.sources.connector import Resources
from kpi_executor.sources.errors import SourceError, SourceRefused
from kpi_executor.sources.policy import DatabaseAddress, SourcePolicy

_ALLOWED = frozenset(
    ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "application_name")
)
_SCHEMES = ("postgresql://", "postgres://")


def connection_parameters(
    location: str, policy: SourcePolicy, resources: Resources
) -> Mapping[str, str]:
    """Return libpq parameters for a ``postgresql://user:password@host:port/database`` URL.

    The host is resolved here, once; the parameters carry the address that was checked. Raises
    `SourceRefused` for sockets, services, server options and addresses the policy does not allow.
    """
    given = _parsed(location)
    target = _target(given)
    address = policy.addresses(target)[0]
    timeout = max(2, round(resources.connect_timeout_seconds))
    return {
        **given,
        "host": target.host,
        "hostaddr": str(address),
        "port": str(target.port),
        "dbname": target.database,
        "connect_timeout": str(timeout),
        # Nothing of this process's surroundings is offered to the server.
        "passfile": os.devnull,
        "application_name": given.get("application_name", "kpi-ledger"),
        # A server that vanished while a query runs is noticed.
        "keepalives_idle": "30",
        "tcp_user_timeout": "60000",
        "client_encoding": "UTF8",
    }


def _parsed(location: str) -> dict[str, str]:
    if not location.startswith(_SCHEMES):
        raise SourceRefused("Write the source as postgresql://user@host:5432/database.")
    try:
        found = conninfo_to_dict(location)
    except psycopg.Error:
        raise SourceRefused(
            "The URL cannot be read; write postgresql://user:password@host:5432/database, with "
            "special characters of the password percent-encoded."
        ) from None
    given = {name: str(value) for name, value in found.items() if value is not None}
    refused = sorted(given.keys() - _ALLOWED)
    if refused:
        raise SourceRefused(
            f"The parameter {refused[0]!r} is not allowed in a source's URL; leave it out."
        )
    return given


def _target(given: Mapping[str, str]) -> DatabaseAddress:
    host = given.get("host", "")
    if not host or host.startswith(("/", "@")) or "," in host:
        raise SourceRefused("Name one host in the URL: postgresql://user@host:5432/database.")
    if "user" not in given:
        raise SourceRefused("Name the user in the URL: postgresql://user@host:5432/database.")
    try:
        port = int(given.get("port", "5432"))
    except ValueError:
        raise SourceRefused("The port must be a number, for example 5432.") from None
    if not 0 < port < 65_536:
        raise SourceError("The port must be between 1 and 65535.")
    return DatabaseAddress(host, port, given.get("dbname", given["user"]))
