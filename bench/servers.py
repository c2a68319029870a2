"""Throwaway Postgres and NATS as the embedded stack runs them: every commit is synced to disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kpi_testkit import Databases, EmbeddedNats, EmbeddedPostgres


@contextmanager
def postgres(directory: Path) -> Iterator[Databases]:
    """Run a durable Postgres; yields what makes databases on it."""
    home = directory / "postgres"
    home.mkdir()
    server = EmbeddedPostgres(home, durable=True).start()
    try:
        yield Databases(server)
    finally:
        server.close()


@contextmanager
def nats(directory: Path) -> Iterator[EmbeddedNats]:
    """Run a durable NATS."""
    home = directory / "nats"
    home.mkdir()
    server = EmbeddedNats(home, durable=True).start()
    try:
        yield server
    finally:
        server.close()
