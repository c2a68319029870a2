"""A server that cannot write any more: no event is blamed for it, and all arrive in the end."""

import asyncio
import resource
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from kpi_bus import settling
from kpi_bus.quarantine import Quarantine
from kpi_bus.relay import Relay
from kpi_testkit import EmbeddedNats, eventually_async
from tests.integration.bus.harness import (
    all_projected,
    bus_to,
    event_ids,
    noting_loop,
    running,
    within_time,
)
from tests.integration.bus.ledger import (
    append,
    assert_once_and_in_order,
    committed,
    projected,
    updated,
)

RELAY = "full-disk"
EVENTS, AGGREGATES = 60, 6
LARGE = updated("x" * 10_000)
FILE_LIMIT = 200_000  # bytes

pytestmark = pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="limits of another process need Linux"
)


def limit_files(server: EmbeddedNats, size: int) -> None:
    """Let writes of the server fail beyond a size, as on a full disk."""
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def refused(times: int) -> None:
    """Wait until so many publishes have failed."""

    async def failed() -> bool:
        return (REGISTRY.get_sample_value("kpi_relay_retries_total", {"relay": RELAY}) or 0) > times

    await eventually_async(failed, 30, f"{times} publishes failed")


def test_events_wait_for_a_server_whose_disk_is_full(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "TIMEOUTS", 2)
    server = EmbeddedNats(tmp_path)

    async def scenario() -> None:
        async with bus_to(server.start().url) as bus:
            limit_files(server, FILE_LIMIT)
            relay, loop = Relay(engine, bus, RELAY), noting_loop(bus, engine)
            async with running(relay.run, loop.run):
                for number in range(EVENTS):
                    append(engine, f"{number % AGGREGATES}", LARGE)
                await refused(3 * AGGREGATES)
                assert len(projected(engine)) < EVENTS
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
                await all_projected(engine, EVENTS)
            assert Counter(await event_ids(bus)) == Counter(committed(engine))

    try:
        within_time(scenario())
    finally:
        server.close()
    assert_once_and_in_order(engine, EVENTS)
    assert Quarantine(engine, RELAY).aggregates() == set()
