"""One service alone, on a database and a bus of its own: quicker to kill than the whole house."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import sqlalchemy as sa

from kpi_bus.connection import connect
from kpi_bus.topology import declare
from kpi_contracts.envelope import Record
from kpi_contracts.messages import Message, encode
from kpi_local import keys
from kpi_local.home import Home
from kpi_local.ports import free_port
from kpi_service.database import make_engine, migrate
from kpi_testkit import Databases, Process, Processes, backends, crash_at
from kpi_testkit.api import token
from kpi_testkit.processes import running


@dataclass(frozen=True, slots=True)
class Service:
    """A service whose processes are started, and killed, by the test."""

    package: str
    environment: Mapping[str, str]
    processes: Processes
    engine: sa.Engine
    home: Home
    http: httpx.Client

    @property
    def nats_url(self) -> str:
        """URL of the services' user of its bus."""
        return self.environment["KPI_NATS_URL"]

    def api(self, crash: str | None = None) -> Process:
        """Start the api process and wait until it is ready; it dies at `crash`, if given."""
        return self._start("api", crash, self.environment["KPI_BIND"])

    def worker(self) -> Process:
        """Start the worker process and wait until it is ready."""
        return self._start("worker", None, self.environment["KPI_WORKER_BIND"])

    def doomed_worker(self, crash: str) -> Process:
        """Start a worker that dies at `crash`, perhaps before it is ready."""
        armed = {**self.environment, **crash_at(crash)}
        return self.processes.module(self.package, "worker", env=armed)

    def _start(self, kind: str, crash: str | None, address: str) -> Process:
        armed = {**self.environment, **(crash_at(crash) if crash else {})}
        process = self.processes.module(self.package, kind, env=armed)
        return process.wait_until(lambda: _is_ready(address), 60)


@contextmanager
def service(name: str, databases: Databases, folder: Path) -> Iterator[Service]:
    """Prepare a service, nothing of it started yet; what was started ends with the block."""
    package = f"kpi_{name}"
    home = Home(folder / "home")
    home.create()
    keys.prepare(home)
    url = databases.create(databases.template(name, lambda empty: _migrate(empty, package)))
    with backends.nats(folder) as nats, running(folder) as processes:
        environment = {
            "KPI_HOME": str(home.path),
            "KPI_DATABASE_URL": url,
            "KPI_NATS_URL": nats.url,
            "KPI_STORE_URL": home.store.as_uri(),
            "KPI_SECRETS_KEY_FILE": str(home.keys / "secrets.key"),
            "KPI_BIND": f"127.0.0.1:{free_port()}",
            "KPI_WORKER_BIND": f"127.0.0.1:{free_port()}",
        }
        engine = make_engine(url, name="chaos", pool_size=2)
        bearer = {"Authorization": f"Bearer {token(home.path, 'chaos', ['admin'])}"}
        origin = f"http://{environment['KPI_BIND']}"
        with httpx.Client(base_url=origin, headers=bearer, timeout=30) as http:
            yield Service(package, environment, processes, engine, home, http)
        engine.dispose()
    databases.drop(url)


def publish(nats_url: str, records: Sequence[Record]) -> None:
    """Put events into the stream, as another service's relay does."""
    send(nats_url, [encode(record) for record in records])


def send(nats_url: str, messages: Sequence[Message]) -> None:
    """Publish messages to the streams."""
    asyncio.run(_send(nats_url, messages))


async def _send(nats_url: str, messages: Sequence[Message]) -> None:
    bus = await connect(nats_url, name="chaos", on_closed=lambda: None)
    try:
        await declare(bus.js)
        for message in messages:
            await bus.publish(message)
    finally:
        await bus.close()


def _migrate(url: str, package: str) -> None:
    migrate(url, package)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False
