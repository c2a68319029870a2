"""The whole stack as a chaos test sees it: its gateway, its bus, and a look into its databases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from kpi_local.ports import SERVICES
from kpi_testkit.eventually import eventually
from kpi_testkit.stacks import RunningStack, running_stack
from tests.chaos.depot import EMPTY_SHELVES_SQL, GRAPH, depot

KPIS = "/v1/landing-kpi/kpis"
EXECUTIONS = "/v1/landing-kpi/executions"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class House:
    """A running stack with a small SQLite source, whose graph is called `depot`."""

    running: RunningStack
    engines: Mapping[str, sa.Engine]
    http: httpx.Client

    @property
    def nats_url(self) -> str:
        """URL of the services' user of the bus."""
        return self.running.stack.nats.url()

    @property
    def store(self) -> Path:
        """The folder that the keys of parts are relative to."""
        return self.running.stack.home.store

    def ask(self, method: str, path: str, **request: Any) -> Json:
        """Send one request that has to succeed; return the body of its answer."""
        response = self.http.request(method, path, **request)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return dict(response.json())

    def insist(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request again and again, as a caller does whose server is being killed.

        Returns the first answer that is neither missing nor a 5xx.
        """

        def answers() -> list[httpx.Response]:
            with suppress(httpx.TransportError):
                response = self.http.request(method, path, **request)
                return [response] if response.status_code < 500 else []
            return []

        return eventually(answers, 60, f"{method} {path} is answered", interval=0.1)[0]

    def define(self, sql: str = EMPTY_SHELVES_SQL) -> Json:
        """Create a KPI written in SQL."""
        body = {"name": f"Chaos {uuid.uuid4().hex[:12]}", "sql_definition": sql}
        return dict(self.ask("POST", KPIS, json=body)["kpi"])

    def execute(self, kpi: Json, graph: str = GRAPH, **parameters: Any) -> Json:
        """Run a KPI to its end."""
        body = {"kg_name": graph, "limit_records": None, "kpi_version": kpi["version"]}
        answer = self.ask("POST", f"{KPIS}/{kpi['id']}/execute", json=body | parameters)
        return dict(answer["execution_result"])

    def start(self, kpi: Json, graph: str = GRAPH, **parameters: Any) -> int:
        """Run a KPI in the background; return the execution's id."""
        body = {"kg_name": graph, "limit_records": None, "kpi_version": kpi["version"]}
        path = f"{KPIS}/{kpi['id']}/execute-async"
        return int(self.ask("POST", path, json=body | parameters)["execution_id"])

    def job(self, execution_id: int) -> Json:
        """Return a background run as it stands."""
        return self.ask("GET", f"/v1/landing-kpi/jobs/{execution_id}")

    def ended(self, execution_id: int, timeout: float = 30) -> Json:
        """Wait for the end of an execution; return it."""

        def result() -> Json:
            return dict(self.job(execution_id)["result"] or {})

        return eventually(result, timeout, f"execution {execution_id} has ended")

    def register(self, name: str, location: str) -> None:
        """Make a source known, and build its graph under the same name."""
        source = self.ask("POST", "/sources", json={"name": name, "location": location})["source"]
        self.ask("POST", "/kg", json={"name": name, "source_id": source["id"]})


@contextmanager
def house_in(directory: Path) -> Iterator[House]:
    """Run a stack on a fresh home below `directory`, the depot registered."""
    with running_stack(directory) as running:
        engines = {name: _engine(running.stack.postgres.url(name)) for name in SERVICES}
        bearer = {"Authorization": f"Bearer {running.token('chaos', ['admin'])}"}
        with httpx.Client(base_url=running.url, headers=bearer, timeout=60) as http:
            house = House(running, engines, http)
            house.register(GRAPH, str(depot(directory)))
            yield house


def _engine(url: str) -> sa.Engine:
    # No pool: connections would not survive the server's death.
    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool
    )
