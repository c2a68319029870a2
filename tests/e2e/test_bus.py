"""Other systems ask for runs on the bus and hear of results on the bus."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import httpx
import nats
import pytest

from kpi_local.nats import SYSTEMS_USER
from tests.e2e.conftest import Entrance
from tests.e2e.test_journey import define

EXECUTE = "kpi.cmd.execute"
INBOX = f"_INBOX.{SYSTEMS_USER}".encode()


def systems_url(stack: Entrance) -> str:
    return stack.running.stack.nats.url(SYSTEMS_USER)


def command(kpi_id: int, **changes: Any) -> dict[str, Any]:
    return {
        "command_id": str(uuid.uuid4()),
        "kpi_id": kpi_id,
        "requested_by": "warehouse",
        "params": {"kg_name": "demo"},
    } | changes


def ask(url: str, message: dict[str, Any], events: int) -> tuple[dict[str, Any], list[str]]:
    """Send a command twice; return the reply and the first event types of its execution."""

    async def talk() -> tuple[dict[str, Any], list[str]]:
        connection = await nats.connect(url, inbox_prefix=INBOX)
        try:
            inbox = connection.new_inbox()
            replies = await connection.subscribe(inbox)
            stream = await connection.subscribe("kpi.evt.execution.>")
            await connection.flush()
            for _ in range(2):
                body = json.dumps(message | {"reply": inbox}).encode()
                await connection.jetstream().publish(EXECUTE, body)
            first = json.loads((await replies.next_msg(15)).data)
            second = json.loads((await replies.next_msg(15)).data)
            assert first["execution_id"] == second["execution_id"]
            seen: list[str] = []
            while len(seen) < events:
                event = await stream.next_msg(15)
                if event.subject.split(".")[3] == str(first["execution_id"]):
                    seen.append(event.subject.rpartition(".")[2])
            return first, seen
        finally:
            await connection.close()

    return asyncio.run(talk())


def test_a_command_given_twice_is_one_execution(stack: Entrance, http: httpx.Client) -> None:
    kpi = define(http, sql="SELECT count(*) AS n FROM product_master")
    reply, events = ask(systems_url(stack), command(kpi["id"], kpi_version=1), 4)
    assert reply["status"] == "accepted"
    assert events == ["requested", "queued", "started", "succeeded"]
    detail = http.get(f"/v1/landing-kpi/executions/{reply['execution_id']}").json()["execution"]
    assert (detail["execution_status"], detail["requested_by"]) == ("success", "warehouse")


def test_a_command_for_an_unknown_kpi_is_rejected_with_a_reason(stack: Entrance) -> None:
    reply, events = ask(systems_url(stack), command(999_999), 1)
    assert (reply["status"], events) == ("rejected", ["rejected"])
    assert "999999" in reply["reason"]


def test_other_systems_may_not_forge_events(stack: Entrance) -> None:
    async def forge() -> None:
        connection = await nats.connect(systems_url(stack), inbox_prefix=INBOX)
        try:
            await connection.jetstream().publish("kpi.evt.definition.1.created", b"{}", timeout=2)
        finally:
            await connection.close()

    with pytest.raises((nats.errors.Error, TimeoutError)):
        asyncio.run(forge())
