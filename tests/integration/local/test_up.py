from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from kpi_local import up
from kpi_local.errors import HomeInUse, NotReady, ServerFailed
from kpi_local.ports import is_free
from kpi_local.stack import Stack
from kpi_testkit import eventually
from kpi_testkit.stacks import stack_in

STAND_IN = str(Path(__file__).with_name("stand_in.py"))


def stand_in(service: str, process: str) -> list[str]:
    return [sys.executable, STAND_IN, service, process]


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return stack_in(tmp_path, command_of=stand_in)


def say(_: str) -> None:
    """Print nothing."""


def all_free(stack: Stack) -> bool:
    return all(is_free(port) for port in stack.ports.by_purpose().values())


def test_a_stack_is_up_with_everything_ready_and_gone_within_15_s(stack: Stack) -> None:
    with up.running(stack, say) as supervisor:
        for part in stack.parts:
            assert part.readiness() == "ready"
            assert supervisor.state(part.name) in ("STARTING", "RUNNING")
        assert httpx.get(f"{stack.settings.url}/healthz", trust_env=False).status_code == 200
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 15
    assert all_free(stack)


def test_a_second_start_keeps_the_data_and_is_fast(stack: Stack) -> None:
    with up.running(stack, say):
        token = stack.home.token.read_text()
        keys = (stack.home.keys / "jwks.json").read_text()
    began = time.monotonic()
    with up.running(stack, say):
        assert time.monotonic() - began < 15
        assert (stack.home.keys / "jwks.json").read_text() == keys
        assert stack.home.token.read_text() != token  # a fresh one, for the same keys


def test_a_second_stack_on_the_home_is_refused_and_the_first_lives_on(stack: Stack) -> None:
    with up.running(stack, say):
        with pytest.raises(HomeInUse, match=f"process {os.getpid()}"), up.running(stack, say):
            pass
        assert stack.parts[0].readiness() == "ready"


def test_a_failed_migration_stops_everything_and_shows_its_log(stack: Stack) -> None:
    stack.home.create()
    (stack.home.path / "broken").write_text("results migrate")
    with pytest.raises(ServerFailed, match=r"(?s)results failed.*relation already exists"):  # noqa: SIM117
        with up.running(stack, say):
            pass
    assert all_free(stack)


def test_a_service_that_does_not_get_ready_is_named_with_what_it_misses(
    stack: Stack,
) -> None:
    impatient = replace(stack, ready_timeout=10.0)
    stack.home.create()
    (stack.home.path / "broken").write_text("audit worker")
    with pytest.raises(NotReady, match=r"audit-worker.*schema"), up.running(impatient, say):
        pass
    assert all_free(stack)


def test_a_killed_service_comes_back(stack: Stack) -> None:
    with up.running(stack, say) as supervisor:
        first = supervisor.pid("results-api")
        os.kill(first, signal.SIGKILL)
        part = next(part for part in stack.parts if part.name == "results-api")
        eventually(lambda: supervisor.pid("results-api") not in (0, first), 10, "a new process")
        eventually(lambda: part.readiness() == "ready", 10, "results-api is ready again")
