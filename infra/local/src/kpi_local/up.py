"""Starting and stopping a whole stack, in the order of what needs what."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from kpi_local.errors import NotReady, PortTaken, ServerFailed
from kpi_local.home import Home
from kpi_local.ports import SERVICES
from kpi_local.stack import READY, Stack
from kpi_local.supervision import SHUTDOWN_TIMEOUT, Supervisor
from kpi_local.waiting import wait_until

STORAGE_TIMEOUT = 60.0
MIGRATION_TIMEOUT = 120.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]


class Stopped(BaseException):
    """Somebody asked this process to end (Ctrl-C, SIGTERM); no error."""


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Raise Stopped at the first signal to end; later ones no longer disturb the shutdown."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for every in STOPPING:
            signal.signal(every, signal.SIG_IGN)
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def running(stack: Stack, say: Say) -> Iterator[Supervisor]:
    """Run the whole stack, ready for requests, until the block ends; then stop all of it.

    Raises HomeInUse, PortTaken, ServerFailed or NotReady; nothing is left running then.
    """
    stack.home.create()
    with stack.home.locked() as lock:
        refuse_taken_ports(stack)
        stack.prepare()
        supervisor = Supervisor(stack.home, stack.programs())
        try:
            supervisor.start(lock)
            _start(stack, supervisor, say)
            yield supervisor
        finally:
            say("Stopping …")
            supervisor.stop()


def serve(supervisor: Supervisor) -> None:
    """Wait until supervisord ends by itself, which it should not. Raises ServerFailed."""
    while supervisor.is_alive():
        threading.Event().wait(0.5)
    raise ServerFailed("supervisord has ended; the stack is down.")


def stop(home: Home) -> bool:
    """Stop the stack that another process runs on `home`; False if there is none."""
    pid: int | None = 0

    def has_begun() -> bool:
        nonlocal pid
        pid = home.holder()
        return pid != 0

    wait_until(has_begun, SHUTDOWN_TIMEOUT, "the stack has begun", "")
    if not pid:
        return False
    with suppress(ProcessLookupError):  # killed: its programs notice and are ending already
        os.kill(pid, signal.SIGTERM)
    wait_until(lambda: home.holder() is None, SHUTDOWN_TIMEOUT + 5, "the stack has ended", "")
    return True


def refuse_taken_ports(stack: Stack) -> None:
    """Raise PortTaken if something else listens where this stack is to."""
    taken = stack.ports.taken()
    if taken:
        listed = ", ".join(f"{port} ({purpose})" for purpose, port in taken.items())
        raise PortTaken(
            f"Something else listens on 127.0.0.1, port {listed}. The stack needs "
            f"{stack.ports.gateway} to {stack.ports.gateway_ping}: choose others with "
            "KPI_PORT=…, or stop what runs there."
        )


def _start(stack: Stack, supervisor: Supervisor, say: Say) -> None:
    began = time.monotonic()
    say("Starting Postgres, NATS and the gateway …")
    supervisor.launch("postgres", "nats", "gateway")
    _wait_for_server(stack, "postgres", stack.postgres.is_ready)
    _wait_for_server(stack, "nats", stack.nats.is_ready)
    stack.postgres.create_databases(SERVICES)
    say("Migrating the databases …")
    migrate(stack)
    say("Starting the services …")
    supervisor.launch(*(part.name for part in stack.parts))
    _wait_for_server(stack, "gateway", stack.gateway.is_ready)
    wait_for_services(stack, supervisor)
    say(f"Ready after {time.monotonic() - began:.1f} s.")


def _wait_for_server(stack: Stack, name: str, ready: Callable[[], bool]) -> None:
    wait_until(ready, STORAGE_TIMEOUT, f"{name} is ready", lambda: stack.home.log_tail(name))


def migrate(stack: Stack) -> None:
    """Bring every service's database to its newest schema. Raises ServerFailed with the log."""
    running = {service: _migration(stack, service) for service in SERVICES}
    try:
        for service, process in running.items():
            if process.wait(MIGRATION_TIMEOUT):
                tail = stack.home.log_tail(f"{service}-migrate")
                raise ServerFailed(f"The migration of {service} failed:\n{tail}")
    except subprocess.TimeoutExpired as error:
        raise NotReady(
            f"A migration took longer than {MIGRATION_TIMEOUT:g} s: {error.cmd}"
        ) from None
    finally:
        for process in running.values():
            process.kill()
            process.wait()


def _migration(stack: Stack, service: str) -> subprocess.Popen[bytes]:
    with (stack.home.logs / f"{service}-migrate.log").open("wb") as log:
        return subprocess.Popen(
            stack.command_of(service, "migrate"),
            env={**os.environ, **stack.environment(service)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def wait_for_services(stack: Stack, supervisor: Supervisor) -> None:
    """Wait until every service process is ready. Raises NotReady telling what each one misses."""
    waiting = {part.name: part for part in stack.parts}

    def all_ready() -> bool:
        for name, part in list(waiting.items()):
            if part.readiness() == READY:
                del waiting[name]
        return not waiting

    def missing() -> str:
        return "\n".join(
            f"{name} ({supervisor.state(name)}): {part.readiness()}\n{stack.home.log_tail(name)}"
            for name, part in waiting.items()
        )

    wait_until(all_ready, stack.ready_timeout, "all services are ready", missing)


def generate_demo(stack: Stack) -> subprocess.Popen[bytes]:
    """Write the demo data in a process of its own, which frees its memory when it ends."""
    return subprocess.Popen([sys.executable, "-m", "kpi_local", "demo", str(stack.home.demo)])
