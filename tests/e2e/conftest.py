"""The whole stack behind its gateway, with the demo in it, for all end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from kpi_client import Client
from kpi_local import demo
from kpi_testkit.stacks import RunningStack

TIMEOUT = 60


@dataclass(frozen=True, slots=True)
class Entrance:
    """The ways into a running stack."""

    running: RunningStack

    @property
    def url(self) -> str:
        """Where everything is."""
        return self.running.url

    def http(self, user: str = "ann", *roles: str) -> httpx.Client:
        """Return a bare HTTP client, signed in (as an admin unless roles are named)."""
        bearer = {"Authorization": f"Bearer {self.running.token(user, roles or ('admin',))}"}
        return httpx.Client(base_url=self.url, headers=bearer, timeout=TIMEOUT)

    def client(self, user: str = "ann", *roles: str) -> Client:
        """Return our own client, signed in (as an admin unless roles are named)."""
        return Client(self.url, self.running.token(user, roles or ("admin",)))


@pytest.fixture(scope="session")
def stack(embedded_stack: RunningStack) -> Entrance:
    """Return the session's stack, the demo tables registered as the graph `demo`."""
    folder = embedded_stack.stack.home.demo
    demo.generate(folder)
    entrance = Entrance(embedded_stack)
    with entrance.http() as http:
        known = {graph["name"] for graph in http.get("/kg").json()["graphs"]}
        if "demo" not in known:
            body = {"name": "demo", "location": str(folder)}
            source = http.post("/sources", json=body).json()["source"]
            graph = http.post("/kg", json={"name": "demo", "source_id": source["id"]})
            assert graph.status_code == 201, graph.text
    return entrance


@pytest.fixture
def client(stack: Entrance) -> Iterator[Client]:
    """Yield our own client, signed in as an admin."""
    with stack.client() as client:
        yield client


@pytest.fixture
def http(stack: Entrance) -> Iterator[httpx.Client]:
    """Yield a bare HTTP client, signed in as an admin."""
    with stack.http() as client:
        yield client
