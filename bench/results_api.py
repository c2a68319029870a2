"""The results service's API as it runs: a process of its own, on its own Postgres and NATS."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench import memory, servers
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import AGGREGATE as DEFINITION
from kpi_contracts.definition import DefinitionCreated
from kpi_contracts.envelope import Actor, Envelope
from kpi_contracts.execution import (
    AGGREGATE,
    ExecutionParameters,
    ExecutionRequested,
    ExecutionSucceeded,
    Manifest,
    Plan,
)
from kpi_contracts.ids import uuid7
from kpi_local import keys
from kpi_local.home import Home
from kpi_local.ports import free_port
from kpi_results.bootstrap import PACKAGE
from kpi_results.taking_in import project
from kpi_service.database import make_engine, migrate
from kpi_testkit.api import token
from kpi_testkit.processes import Process, running

KPI = 1
START_SECONDS = 60.0
REQUEST_SECONDS = 120.0
_BENCH = Actor("bench", "service")


@dataclass
class Api:
    """An API process, the store it reads and its cache; seconds are of whole requests."""

    store: Path
    cache: Path
    url: str
    bearer: str
    database_url: str
    process: Process

    def client(self) -> httpx.Client:
        """Return a client with a viewer's token."""
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.bearer}"},
            timeout=REQUEST_SECONDS,
            trust_env=False,
        )

    def add(self, execution_id: int, manifest: Manifest) -> None:
        """Let the service know of a run, as its worker would."""
        engine = make_engine(self.database_url, name="bench", pool_size=1)
        try:
            with engine.begin() as connection:
                project(connection, list(_run(execution_id, manifest)))
        finally:
            engine.dispose()

    def row_files(self, parts: int) -> float | None:
        """Return when the last of so many row files was made, in seconds of the epoch."""
        made = [path.stat().st_mtime for path in (self.cache / "row-files").glob("*.blocks")]
        return max(made) if len(made) >= parts else None

    def peak_memory(self) -> float:
        """Return the most memory the process ever had resident, in MB."""
        return memory.peak(self.process.pid)


def drilldown(execution_id: int, **wishes: Any) -> tuple[str, Mapping[str, str]]:
    """Return path and parameters of a page; filters are given as objects."""
    return f"/v1/landing-kpi/executions/{execution_id}/drilldown", _parameters(wishes)


def seconds(client: httpx.Client, path: str, parameters: Mapping[str, str]) -> float:
    """Return the time until the last byte of a good answer."""
    began = time.perf_counter()
    client.get(path, params=parameters).raise_for_status()
    return time.perf_counter() - began


def download(client: httpx.Client, execution_id: int, name: str, **wishes: Any) -> float:
    """Return the time an export takes to the last byte, none of which is kept."""
    path = f"/v1/landing-kpi/executions/{execution_id}/export/{name}"
    began = time.perf_counter()
    with client.stream("GET", path, params=_parameters(wishes)) as response:
        response.raise_for_status()
        for _ in response.iter_raw(1 << 20):
            pass
    return time.perf_counter() - began


def _parameters(wishes: Mapping[str, Any]) -> Mapping[str, str]:
    return {
        name: json.dumps(value) if name == "filters" else str(value)
        for name, value in wishes.items()
    }


@contextmanager
def serving(directory: Path, store: Path) -> Iterator[Api]:
    """Run the API over a store until the block ends, with fresh servers and an empty cache."""
    (directory / "logs").mkdir(parents=True)
    home = Home(directory / "home")
    home.create()
    keys.prepare(home)
    with (
        servers.postgres(directory) as databases,
        servers.nats(directory) as nats,
        running(directory / "logs") as processes,
    ):
        database_url = databases.create()
        migrate(database_url, PACKAGE)
        bind = f"127.0.0.1:{free_port()}"
        environment = {
            "KPI_HOME": str(home.path),
            "KPI_DATABASE_URL": database_url,
            "KPI_NATS_URL": nats.url,
            "KPI_STORE_URL": store.as_uri(),
            "KPI_BIND": bind,
            "KPI_LOG_LEVEL": "warning",
        }
        process = processes.module(PACKAGE, "api", env=environment)
        process.wait_until(lambda: _answers(bind), START_SECONDS)
        bearer = token(home.path, "bench", ("viewer",))
        yield Api(
            store, home.path / "cache" / "results", f"http://{bind}", bearer, database_url, process
        )


def _answers(bind: str) -> bool:
    try:
        return httpx.get(f"http://{bind}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _run(execution_id: int, manifest: Manifest) -> Iterator[Envelope]:
    if execution_id == KPI:
        created = DefinitionCreated(
            name="Benchmark",
            alias_name=None,
            group_name=None,
            description=None,
            nl_definition="Show me all products",
        )
        yield _envelope(DEFINITION, KPI, 1, created)
    requested = ExecutionRequested(
        kpi_id=KPI,
        kpi_version=1,
        kpi_name="Benchmark",
        nl_definition=None,
        sql=None,
        parameters=ExecutionParameters(kg_name="bench"),
        database_type="postgresql",
        origin="api",
    )
    succeeded = ExecutionSucceeded(
        attempt=1,
        sql="SELECT * FROM products",
        plan=Plan(sql_query_type="DATA_QUERY", operation="SELECT"),
        manifest=manifest,
        execution_time_ms=1.0,
    )
    yield _envelope(AGGREGATE, execution_id, 1, requested)
    yield _envelope(AGGREGATE, execution_id, 2, succeeded)


def _envelope(aggregate: str, number: int, version: int, event: DomainEvent) -> Envelope:
    return Envelope(
        id=uuid7(),
        aggregate=aggregate,
        aggregate_id=str(number),
        version=version,
        time=datetime.now(UTC),
        actor=_BENCH,
        correlation_id=uuid7(),
        data=event,
    )
