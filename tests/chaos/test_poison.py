"""What can never be handled is put aside with its reason, and nothing waits behind it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from kpi_bus.connection import connect
from kpi_bus.parking import REASON
from kpi_bus.reader import StreamReader
from kpi_contracts.messages import Message, encode
from kpi_contracts.streams import KPI_PARKED
from kpi_contracts.subjects import EXECUTE
from kpi_eventsourcing.schema import parked
from kpi_executor import replica
from kpi_executor.executions import executions
from kpi_testkit import Process
from tests.chaos.depot import GRAPH
from tests.chaos.executor import define, definition
from tests.chaos.invariants import every_execution_ended_once, soon
from tests.chaos.single import Service, publish, send


@pytest.fixture(scope="module", autouse=True)
def worker(executor: Service) -> Iterator[Process]:
    worker = executor.worker()
    yield worker
    assert worker.is_running, "poison ended the worker"


def command(kpi_id: int, **changes: Any) -> Message:
    content = {
        "command_id": str(uuid.uuid4()),
        "kpi_id": kpi_id,
        "requested_by": "warehouse",
        "params": {"kg_name": GRAPH},
    }
    return Message(EXECUTE, {}, json.dumps(content | changes).encode())


def parked_messages(executor: Service) -> list[tuple[str, str]]:
    """Return (subject, reason) of everything that was put aside."""

    async def read() -> list[tuple[str, str]]:
        bus = await connect(executor.nats_url, name="chaos", on_closed=lambda: None)
        found: list[tuple[str, str]] = []
        try:
            async with StreamReader.open(bus, KPI_PARKED.name, KPI_PARKED.subjects, 1) as reader:
                while reader.pending:
                    for delivery in await reader.read(100):
                        message = delivery.message
                        found.append((message.subject, message.headers[REASON]))
        finally:
            await bus.close()
        return found

    return asyncio.run(read())


def test_poison_events_are_parked_with_their_reason_while_the_rest_flows(
    executor: Service,
) -> None:
    unknown = replace(definition(12), type="io.kpiledger.definition.created.v99")
    misshapen = replace(definition(13), data={"name": 5})
    publish(executor.nats_url, [definition(11), unknown, misshapen, definition(14)])

    def held() -> None:
        with executor.engine.connect() as connection:
            found = connection.scalars(sa.select(replica.kpis.c.id)).all()
            reasons = connection.scalars(sa.select(parked.c.reason)).all()
        assert sorted(found) == [11, 14]
        assert len(reasons) == 2
        assert "created.v99" in reasons[0]
        assert "name" in reasons[1]

    soon(held)
    told = [reason for subject, reason in parked_messages(executor) if replica.CONSUMER in subject]
    assert len(told) == 2


def test_a_message_that_is_no_event_is_parked_while_the_rest_flows(executor: Service) -> None:
    headless = replace(encode(definition(22)), headers={}, body=b"{")
    send(executor.nats_url, [encode(definition(21)), headless, encode(definition(23))])

    def held() -> None:
        with executor.engine.connect() as connection:
            found = set(connection.scalars(sa.select(replica.kpis.c.id)).all())
        assert found & {21, 22, 23} == {21, 23}

    soon(held)


def test_poison_commands_are_parked_with_their_reason_while_the_rest_runs(
    executor: Service,
) -> None:
    kpi_id = define(executor, 31)
    before = len(parked_messages(executor))
    poison = [
        Message(EXECUTE, {}, b"no JSON"),
        Message(EXECUTE, {}, b"[" * 100_000),
        command(kpi_id, command_id="not a UUID"),
        command(kpi_id, role="admin"),
    ]
    good = [command(kpi_id) for _ in range(5)]
    send(executor.nats_url, [item for pair in zip(poison, good, strict=False) for item in pair])
    send(executor.nats_url, good[len(poison) :])

    def all_ran() -> None:
        query = sa.select(executions.c.status).where(executions.c.kpi_id == kpi_id)
        with executor.engine.connect() as connection:
            assert connection.scalars(query).all() == ["success"] * len(good)

    soon(all_ran)

    def all_are_parked() -> None:
        reasons = [reason for _, reason in parked_messages(executor)[before:]]
        assert len(reasons) == len(poison)
        assert all(reason.startswith("InvalidCommand") for reason in reasons)
        assert any("command_id" in reason for reason in reasons)
        assert any("role" in reason for reason in reasons)

    soon(all_are_parked)
    every_execution_ended_once(executor.engine)
