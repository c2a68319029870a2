"""The results service as it runs: api and worker processes on a real Postgres and NATS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import sqlalchemy as sa

from kpi_bus.freshness import StreamHead
from kpi_eventsourcing.inbox import Inbox
from kpi_local import keys
from kpi_local.home import Home
from kpi_local.ports import free_port
from kpi_results import index
from kpi_results.bootstrap import PACKAGE
from kpi_service.database import make_engine, migrate
from kpi_testkit import backends
from kpi_testkit.api import token
from kpi_testkit.eventually import eventually
from kpi_testkit.processes import Process, Processes, running
from kpi_testkit.servers import Databases
from tests.integration.results.runs import Runs

ROOT = "/v1/landing-kpi"


@dataclass
class Stack:
    """The service's two processes, and what a test needs to feed and question them."""

    runs: Runs
    engine: sa.Engine
    home: Path
    url: str
    api: Process
    worker: Process

    def client(self, subject: str = "vera", *roles: str) -> httpx.Client:
        """Return a client for a user, a viewer by default; close it."""
        bearer = token(self.home, subject, roles or ("viewer",))
        return httpx.Client(
            base_url=self.url + ROOT, headers={"Authorization": f"Bearer {bearer}"}, timeout=60
        )


@contextmanager
def started(
    databases: Databases, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """Run a NATS server and the service until the block ends."""
    database_url = databases.create(databases.template("results", _migrated))
    (folder / "bus").mkdir()
    (folder / "logs").mkdir()
    home = Home(folder / "home")
    home.create()
    keys.prepare(home)
    with backends.nats(folder / "bus") as nats, running(folder / "logs") as processes:
        environment = {**_environment(home, database_url, nats.url), **(settings or {})}
        stack = _start(processes, environment, home, nats.url)
        yield stack
        stack.engine.dispose()
    databases.drop(database_url)


def _migrated(url: str) -> None:
    migrate(url, PACKAGE)


def _environment(home: Home, database_url: str, nats_url: str) -> dict[str, str]:
    return {
        "KPI_HOME": str(home.path),
        "KPI_DATABASE_URL": database_url,
        "KPI_NATS_URL": nats_url,
        "KPI_STORE_URL": home.store.as_uri(),
        "KPI_BIND": f"127.0.0.1:{free_port()}",
        "KPI_WORKER_BIND": f"127.0.0.1:{free_port()}",
    }


def _start(
    processes: Processes, environment: Mapping[str, str], home: Home, nats_url: str
) -> Stack:
    url = f"http://{environment['KPI_BIND']}"
    worker_url = f"http://{environment['KPI_WORKER_BIND']}"
    api = processes.module(PACKAGE, "api", env=environment)
    worker = processes.module(PACKAGE, "worker", env=environment)
    for process, address in ((worker, worker_url), (api, url)):
        process.wait_until(partial(_is_ready, address), 60)
    engine = make_engine(environment["KPI_DATABASE_URL"], name="tests", pool_size=2)
    return Stack(
        runs=Runs(home.store, nats_url, partial(wait_for_the_index, engine, nats_url)),
        engine=engine,
        home=home.path,
        url=url,
        api=api,
        worker=worker,
    )


def wait_for_the_index(engine: sa.Engine, nats_url: str) -> None:
    """Wait until the worker has taken in all that the stream holds now."""
    with closing(StreamHead(nats_url, name="tests")) as head:
        last = head.last(index.SUBJECTS, timeout=10)

    def position() -> int:
        with engine.connect() as connection:
            return Inbox(index.CONSUMER).position(connection, last.created)

    eventually(lambda: position() >= last.seq, 30, "the index has taken in what was told")


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False
