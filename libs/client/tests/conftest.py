"""A peer per test, a client that talks to it, and the command line set up for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kpi_client import Client
from kpi_client.cli.app import app

from .peer import TOKEN, Peer
from .serving import serving

RunKpi = Callable[..., Result]


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving() as started:
        yield started


@pytest.fixture
def client(peer: Peer) -> Iterator[Client]:
    with Client(peer.url, TOKEN) as connected:
        yield connected


@pytest.fixture
def kpi(peer: Peer, tmp_path: Path) -> RunKpi:
    """Run ``kpi`` with the given arguments; ``input`` answers prompts."""
    environment = {"KPI_URL": peer.url, "KPI_TOKEN": TOKEN, "KPI_HOME": str(tmp_path)}

    def run(*arguments: str, input: str | None = None, **more: str) -> Result:  # noqa: A002
        runner = CliRunner(env={**environment, **more})
        return runner.invoke(app, arguments, input=input, prog_name="kpi")

    return run
