"""(d) GET one KPI, sixteen connections, through the gateway and past it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.stack import KPIS, RunningStack, running_stack
from bench.table import Better, Line, Row, Samples
from bench.wrk import Load, load
from kpi_local.gateway import Gateway
from kpi_local.ports import LOOPBACK, SERVICES, free_port
from kpi_testkit.processes import running

CONNECTIONS = 16
SECONDS = 4
ROUNDS = 3
THREADS = 4  # of the definitions api, by default
NOTE = (
    "The peer answers with the same bytes from a bare Flask route under the same server with as "
    "many threads, through a gateway of the same configuration and past it. Ours verifies the "
    "token, reads the KPI from Postgres and counts the request. Load: wrk, one thread."
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where to get the same answer with and without the gateway."""

    gateway: str
    direct: str
    headers: Mapping[str, str]

    def load(self, url: str) -> Load:
        """Put load on one of the two."""
        return load(url, headers=self.headers, connections=CONNECTIONS, seconds=SECONDS)


def run(directory: Path) -> Row:
    """Measure the service and the bare route in turn."""
    with running_stack(directory) as stack:
        ours = _ours(stack)
        body = httpx.get(ours.gateway, headers=ours.headers, trust_env=False).content
        with _bare(directory, body, ours) as bare:
            return Row(
                f"GET one KPI, {CONNECTIONS} connections",
                [
                    *_lines("through the gateway", ours, bare, rate=1500.0, p99=20.0),
                    *_lines("past the gateway", ours, bare),
                ],
                [NOTE],
            )


def _lines(
    way: str, ours: Target, bare: Target, rate: float | None = None, p99: float | None = None
) -> list[Line]:
    mine: list[Load] = []
    theirs: list[Load] = []
    for _ in range(ROUNDS):
        for target, found in ((ours, mine), (bare, theirs)):
            url = target.direct if way == "past the gateway" else target.gateway
            found.append(target.load(url))
    return [
        Line(
            measured=way,
            unit="requests/s",
            ours=Samples.of(one.per_second for one in mine),
            peer=Samples.of(one.per_second for one in theirs),
            aim=rate,
            better=Better.HIGHER,
        ),
        Line(
            measured=f"{way}, p50",
            unit="ms",
            ours=Samples.of(one.p50 for one in mine),
            peer=Samples.of(one.p50 for one in theirs),
            better=Better.LOWER,
        ),
        Line(
            measured=f"{way}, p99",
            unit="ms",
            ours=Samples.of(one.p99 for one in mine),
            peer=Samples.of(one.p99 for one in theirs),
            aim=p99,
            better=Better.LOWER,
        ),
    ]


def _ours(stack: RunningStack) -> Target:
    path = f"{KPIS}/{stack.define_kpi()}"
    return Target(
        gateway=f"{stack.stack.settings.url}{path}",
        direct=f"http://{LOOPBACK}:{stack.stack.ports.api('definitions')}{path}",
        headers={"Authorization": f"Bearer {stack.token}"},
    )


@contextmanager
def _bare(directory: Path, body: bytes, like: Target) -> Iterator[Target]:
    """Run the bare route behind a gateway of its own until the block ends."""
    answer = directory / "answer.json"
    answer.write_bytes(body)
    port = free_port()
    url = f"http://{LOOPBACK}:{port}"
    gateway = Gateway(
        directory=directory / "bare-gateway",
        port=free_port(),
        ping_port=free_port(),
        services=dict.fromkeys(SERVICES, url),
        execute_rate=0,
    )
    gateway.prepare()
    path = httpx.URL(like.direct).path
    with running(directory) as processes:
        bare = processes.module("bench.bare_flask", str(port), str(THREADS), str(answer))
        bare.wait_until(lambda: _answers(f"{url}{path}"))
        processes.start(*gateway.command(), name="bare-gateway").wait_until(gateway.is_ready)
        yield Target(f"http://{LOOPBACK}:{gateway.port}{path}", f"{url}{path}", like.headers)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False
