"""The whole embedded stack, started as `make run` starts it, on a home and ports of its own."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx

from kpi_local.ports import Ports
from kpi_local.settings import Settings
from kpi_local.stack import Stack
from kpi_testkit.processes import Process, running

GRAPH = "bench"
TABLE_ROWS = 10
START_SECONDS = 120.0
KPIS = "/v1/landing-kpi/kpis"
KPI = {"name": "Products on the bench", "nl_definition": "Count all records in products"}


@dataclass(frozen=True, slots=True)
class RunningStack:
    """A stack that serves; `seconds_to_start` runs from the command to its readiness."""

    stack: Stack
    process: Process
    source: Path
    seconds_to_start: float

    @property
    def token(self) -> str:
        """The administrator's bearer token."""
        return self.stack.home.token.read_text().strip()

    def client(self) -> httpx.Client:
        """Return a client of the gateway with the administrator's token."""
        return httpx.Client(
            base_url=self.stack.settings.url,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            trust_env=False,
        )

    def define_kpi(self) -> int:
        """Define a trivial KPI on the stack's one small table, run it and return its id."""
        with self.client() as http:
            source = _created(http, "/sources", name=GRAPH, location=str(self.source))["source"]
            _created(http, "/kg", name=GRAPH, source_id=source["id"])
            kpi = _created(http, KPIS, **KPI)["kpi"]
            _created(http, f"{KPIS}/{kpi['id']}/execute", kg_name=GRAPH, kpi_version=1)
        return int(kpi["id"])


def _created(http: httpx.Client, path: str, **body: object) -> dict[str, Any]:
    response = http.post(path, json=body)
    response.raise_for_status()
    return dict(response.json())


@contextmanager
def running_stack(directory: Path) -> Iterator[RunningStack]:
    """Run a stack whose home is in `directory` until the block ends; no limit on executions."""
    home = directory / "home"
    source = _small_source(directory)
    stack = Stack(Settings(home, _free_ports(), False, str(source), 0, "warning"))
    # A folder of its own for the log, in which the start is looked for.
    with running(Path(mkdtemp(prefix="start-", dir=directory))) as processes:
        began = time.perf_counter()
        process = processes.module(
            "kpi_local",
            "run",
            env={
                "KPI_HOME": str(home),
                "KPI_PORT": str(stack.ports.gateway),
                "KPI_SOURCE": str(source),
                "KPI_EXECUTE_RATE": "0",
                "KPI_LOG_LEVEL": "warning",
                "PYTHONUNBUFFERED": "1",
            },
        )
        process.wait_until(lambda: "Ready after" in process.log_tail(), START_SECONDS)
        seconds = time.perf_counter() - began
        process.wait_until(lambda: "Serving until" in process.log_tail(), START_SECONDS)
        try:
            yield RunningStack(stack, process, source, seconds)
        finally:
            process.terminate(timeout=30)


def _small_source(directory: Path) -> Path:
    path = directory / "products.sqlite"
    if not path.exists():
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE products (id INTEGER PRIMARY KEY, status TEXT)")
            connection.executemany(
                "INSERT INTO products (status) VALUES (?)", [("Active",)] * TABLE_ROWS
            )
    return path


def _free_ports() -> Ports:
    while True:
        ports = Ports(random.randrange(20_000, 30_000))
        if not ports.taken():
            return ports
