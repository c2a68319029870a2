"""Where the servers of a test session come from: the wheels, or containers if asked for."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker  # type: ignore[import-untyped]
from docker.errors import DockerException  # type: ignore[import-untyped]

from kpi_testkit.containers import ContainerNats, ContainerPostgres
from kpi_testkit.embedded import EmbeddedNats, EmbeddedPostgres
from kpi_testkit.servers import NatsServer, PostgresServer

VARIABLE = "KPI_TEST_BACKEND"
ENGINE_TIMEOUT = 5  # seconds
EMBEDDED, CONTAINERS = "embedded", "containers"


class BackendUnavailable(Exception):
    """The backend that KPI_TEST_BACKEND names is unknown, or no Docker engine answers."""


def chosen() -> str:
    """Return the backend in force. Raises BackendUnavailable for an unknown one."""
    backend = os.environ.get(VARIABLE) or EMBEDDED
    if backend not in (EMBEDDED, CONTAINERS):
        raise BackendUnavailable(f"{VARIABLE} is {backend!r}; choose {EMBEDDED} or {CONTAINERS}")
    return backend


@contextmanager
def postgres(directory: Path) -> Iterator[PostgresServer]:
    """Run a Postgres that ends with the block."""
    server = _postgres(directory)
    try:
        yield server.start()
    finally:
        server.close()


@contextmanager
def nats(directory: Path) -> Iterator[NatsServer]:
    """Run a NATS server that ends with the block."""
    server = _nats(directory)
    try:
        yield server.start()
    finally:
        server.close()


def _postgres(directory: Path) -> PostgresServer:
    if chosen() == EMBEDDED:
        return EmbeddedPostgres(directory)
    _require_docker()
    return ContainerPostgres()


def _nats(directory: Path) -> NatsServer:
    if chosen() == EMBEDDED:
        return EmbeddedNats(directory)
    _require_docker()
    return ContainerNats(directory)


def _require_docker() -> None:
    problem = _docker_problem()
    if problem:
        raise BackendUnavailable(
            f"{VARIABLE}={CONTAINERS}, but no Docker engine answers ({problem}). "
            f"Start one, or unset {VARIABLE} to use the servers from the wheels."
        )


def _docker_problem() -> str | None:
    # docker-py leaves the socket of a refused connection to the garbage collector.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        try:
            # Asks the engine which version of its API it speaks: an older one refuses any other.
            docker.from_env(timeout=ENGINE_TIMEOUT).close()
        except (DockerException, OSError) as error:
            return str(error)
        finally:
            gc.collect()
    return None
