from collections.abc import Iterator

import httpx
import pytest

from kpi_testkit.servers import Databases
from tests.integration.results.runs import Runs
from tests.integration.results.stack import Stack, started


@pytest.fixture(scope="session")
def stack(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run one service for all tests; every test makes KPIs and executions of its own."""
    with started(databases, tmp_path_factory.mktemp("results")) as stack:
        yield stack


@pytest.fixture
def runs(stack: Stack) -> Runs:
    return stack.runs


@pytest.fixture
def viewer(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client() as client:
        yield client
