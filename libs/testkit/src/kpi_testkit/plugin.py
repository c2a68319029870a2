"""The fixtures: one Postgres per session, one database and one NATS server per test.

A NATS server is up in some 20 ms, so every test gets its own: streams that deny deletion need no
clean-up, and a test may kill its server without harm to the next.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from kpi_testkit import backends
from kpi_testkit.processes import Processes, running
from kpi_testkit.servers import Databases, NatsServer, PostgresServer
from kpi_testkit.stacks import RunningStack, running_stack

EXIT_TIMEOUT = 60  # seconds from the closing line to the end of the process


def pytest_configure(config: pytest.Config) -> None:
    """Let a terminated test run end its servers, as an interrupted one does."""
    if os.environ.get(backends.VARIABLE) == backends.CONTAINERS:
        # The port of a container takes connections before the server in it does; nats-py leaves
        # those that end without a greeting to the garbage collector.
        config.addinivalue_line("filterwarnings", "ignore:unclosed <StreamWriter:ResourceWarning")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(f"signal {number}")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """End a test run that threads keep alive, and show them: nobody waits for it for ever."""
    faulthandler.dump_traceback_later(EXIT_TIMEOUT, exit=True, file=2)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Run the session's Postgres. Tests that kill it must bring their own `PostgresServer`."""
    with backends.postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres_server: PostgresServer) -> Databases:
    """Make databases, also from templates that are prepared once per session."""
    return Databases(postgres_server)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """`postgresql://…` of an empty database of this test's own, dropped afterwards."""
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """Run a NATS server of this test's own; the test may kill and start it."""
    with backends.nats(tmp_path) as server:
        yield server


@pytest.fixture
def nats_url(nats_server: NatsServer) -> str:
    """`nats://…` of a server without any stream, as the services' user."""
    return nats_server.url


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Start child processes that end with the test; their logs lie in its `tmp_path`."""
    with running(tmp_path) as children:
        yield children


@pytest.fixture(scope="session")
def embedded_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Run the whole stack once per session, without a rate limit."""
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack
