"""(c) Trivial executions: through the bus, and one at a time through the gateway."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx
import nats

from bench.celery_peer import CeleryPeer, celery_peer
from bench.programs import ProgramMissing
from bench.stack import GRAPH, KPIS, RunningStack, running_stack
from bench.table import Better, Line, Row, Samples, percentile
from kpi_contracts import subjects
from kpi_contracts.commands import ExecuteKpi, dump_command
from kpi_contracts.execution import ExecutionParameters
from kpi_local.nats import SYSTEMS_USER

ROUNDS = 3
COMMANDS = 300  # per round
REQUESTS = 80  # per round
WAIT_SECONDS = 40.0
SQL = "SELECT count(*) FROM products"
NOTE = (
    "The whole stack runs (audit and results consume every event, too). Through the bus: from the "
    "first command published until the last execution has succeeded. The peer is the same query as "
    "a Celery task, two worker processes as in our executor, late acknowledgement, Redis with "
    "every write synced, results in Postgres. It keeps a result per task and nothing else: no "
    "history, no rows to drill into, no notice of the end."
)

Timings = Sequence[float]  # milliseconds


def run(directory: Path) -> Row:
    """Measure us and Celery in turn; without Redis, us alone."""
    with ExitStack() as stack:
        ours = stack.enter_context(running_stack(directory))
        kpi_id = ours.define_kpi()
        try:
            peer = stack.enter_context(celery_peer(directory, ours.source, SQL))
            reason = ""
        except (ProgramMissing, ImportError) as error:
            peer, reason = None, f"No peer: {error}."
        return _row(ours, kpi_id, peer, reason)


def _row(ours: RunningStack, kpi_id: int, peer: CeleryPeer | None, reason: str) -> Row:
    rates, singles, own_share = [], [], []
    peer_rates, peer_singles = [], []
    with ours.client() as http:
        for _ in range(ROUNDS):
            rates.append(asyncio.run(_rate_through_bus(ours, kpi_id)))
            timings = [_execute(http, kpi_id) for _ in range(REQUESTS)]
            singles.append([whole for whole, _ in timings])
            own_share.append([whole - query for whole, query in timings])
            if peer is not None:
                peer_rates.append(peer.rate(COMMANDS))
                peer_singles.append([1000 * peer.seconds() for _ in range(REQUESTS)])
    lines = [
        Line(
            measured="through the bus",
            unit="executions/s",
            ours=Samples.of(rates),
            peer=Samples.of(peer_rates) if peer_rates else None,
            aim=100.0,
            better=Better.HIGHER,
        ),
        _latency("execute, p50", 0.50, singles, peer_singles),
        _latency("execute, p99", 0.99, singles, peer_singles),
        _latency("execute minus query, p50", 0.50, own_share),
        _latency("execute minus query, p99", 0.99, own_share, aim=80.0),
    ]
    return Row("Trivial executions", lines, [text for text in (NOTE, reason) if text])


def _latency(
    name: str,
    share: float,
    ours: Sequence[Timings],
    peers: Sequence[Timings] = (),
    aim: float | None = None,
) -> Line:
    each: Callable[[Timings], float] = partial(percentile, share=share)
    return Line(
        measured=name,
        unit="ms",
        ours=Samples.of(map(each, ours)),
        peer=Samples.of(map(each, peers)) if peers else None,
        better=Better.LOWER,
        aim=aim,
    )


def _execute(http: httpx.Client, kpi_id: int) -> tuple[float, float]:
    """Run the KPI; return the time of the request and of the query in it, in ms."""
    began = time.perf_counter()
    response = http.post(f"{KPIS}/{kpi_id}/execute", json={"kg_name": GRAPH})
    whole = 1000 * (time.perf_counter() - began)
    response.raise_for_status()
    result = response.json()["execution_result"]
    if result["execution_status"] != "success":
        raise RuntimeError(f"execution {result['id']}: {result['error_message']}")
    return whole, float(result["execution_time_ms"])


async def _rate_through_bus(ours: RunningStack, kpi_id: int) -> float:
    """Send commands as another system does; return how many executions ended per second."""
    client = await nats.connect(
        ours.stack.nats.url(SYSTEMS_USER), inbox_prefix=f"_INBOX.{SYSTEMS_USER}".encode()
    )
    js = client.jetstream()
    ended = asyncio.Semaphore(0)

    async def note(_message: object) -> None:
        ended.release()

    await client.subscribe("kpi.evt.execution.*.succeeded", cb=note)
    began = time.perf_counter()
    async with asyncio.timeout(WAIT_SECONDS):
        await asyncio.gather(
            *(js.publish(subjects.EXECUTE, _command(kpi_id)) for _ in range(COMMANDS))
        )
        for _ in range(COMMANDS):
            await ended.acquire()
    seconds = time.perf_counter() - began
    await client.close()
    return COMMANDS / seconds


def _command(kpi_id: int) -> bytes:
    return dump_command(
        ExecuteKpi(
            command_id=uuid.uuid4(),
            kpi_id=kpi_id,
            requested_by=f"bench-{os.getpid()}",
            params=ExecutionParameters(kg_name=GRAPH),
        )
    )
