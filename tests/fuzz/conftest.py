"""A stack of its own: generated requests change and delete whatever they find."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kpi_local import demo
from kpi_testkit.stacks import running_stack
from tests.e2e.conftest import Entrance


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entrance]:
    """Run a stack with one source, one graph and one KPI, for requests that hit something."""
    with running_stack(tmp_path_factory.mktemp("fuzz")) as running:
        entrance = Entrance(running)
        folder = running.stack.home.demo
        demo.generate(folder)
        with entrance.http() as http:
            source = {"name": "demo", "location": str(folder)}
            source_id = http.post("/sources", json=source).json()["source"]["id"]
            http.post("/kg", json={"name": "demo", "source_id": source_id}).raise_for_status()
            kpi = {"name": "Fuzzed", "sql_definition": "SELECT 1 AS one FROM product_master"}
            http.post("/v1/landing-kpi/kpis", json=kpi).raise_for_status()
            run = http.post("/v1/landing-kpi/kpis/1/execute", json={"kg_name": "demo"})
            assert run.json()["success"], run.text
        yield entrance
