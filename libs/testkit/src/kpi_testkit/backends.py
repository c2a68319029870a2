"""Where the servers of a test session come from: the wheels, or containers if asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kpi_testkit.servers import NatsServer, PostgresServer


@contextmanager
def postgres(directory: Path) -> Iterator[PostgresServer]:
    """Run a Postgres that ends with the block."""
    server = PostgresServer(directory).start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def nats(directory: Path) -> Iterator[NatsServer]:
    """Run a NATS server that ends with the block."""
    server = NatsServer(directory).start()
    try:
        yield server
    finally:
        server.process.close()
