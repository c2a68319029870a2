"""The whole embedded stack for tests: every server and service as `make run` starts them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kpi_local import keys, up
from kpi_local.ports import Ports
from kpi_local.settings import Settings
from kpi_local.stack import READY, ServiceCommand, Stack, service_command
from kpi_local.supervision import Supervisor
from kpi_testkit.eventually import eventually

FIRST_PORT, LAST_PORT = 20_000, 32_000  # below those that systems hand out to clients


@dataclass(frozen=True, slots=True)
class RunningStack:
    """A stack that serves at `url` and restarts what is killed."""

    stack: Stack
    supervisor: Supervisor

    @property
    def url(self) -> str:
        """Origin of the gateway."""
        return self.stack.settings.url

    def token(self, subject: str, roles: Sequence[str]) -> str:
        """Sign a bearer token."""
        return keys.issue(self.stack.home, subject, roles)

    def kill(self, program: str) -> None:
        """SIGKILL one program, e.g. `executor-worker` or `nats`; it is started again."""
        # Between two starts the id is 0, which for kill(2) means our own process group.
        pid = eventually(lambda: self.supervisor.pid(program), 15, f"{program} runs")
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: self.supervisor.pid(program) not in (0, pid), 15, f"a new {program}")

    def wait_until_ready(self, timeout: float = 30) -> None:
        """Wait until every service process says it is ready."""
        eventually(
            lambda: all(part.readiness() == READY for part in self.stack.parts),
            timeout,
            "all services are ready",
        )


@contextmanager
def running_stack(
    directory: Path, *, execute_rate: int = 0, command_of: ServiceCommand = service_command
) -> Iterator[RunningStack]:
    """Run a stack on a fresh home below `directory`, without a rate limit unless one is given."""
    stack = stack_in(directory, execute_rate=execute_rate, command_of=command_of)
    with up.running(stack, say=lambda _: None) as supervisor:
        yield RunningStack(stack, supervisor)


def stack_in(
    directory: Path, *, execute_rate: int = 0, command_of: ServiceCommand = service_command
) -> Stack:
    """Describe a stack on a home below `directory` and on free ports; nothing is started."""
    settings = Settings(
        home=directory / "home",
        ports=Ports(free_base()),
        once=True,
        source=None,
        execute_rate=execute_rate,
        log_level="info",
    )
    return Stack(settings, command_of=command_of)


def free_base() -> int:
    """Find the first of thirteen free ports in a row."""
    offset = os.getpid() % 500 * 13  # keeps simultaneous test runs apart
    for base in range(FIRST_PORT + offset, LAST_PORT, 13):
        if not Ports(base).taken():
            return base
    raise RuntimeError(f"no thirteen free ports in a row between {FIRST_PORT} and {LAST_PORT}")
