"""Load and killings at the same time: commands by the bus and by REST, and SIGKILL in between."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import repeat
from uuid import UUID

import nats
import sqlalchemy as sa
from nats.aio.client import Client
from nats.js.errors import APIError

from kpi_contracts.commands import ExecuteKpi, dump_command
from kpi_contracts.execution import ExecutionParameters
from kpi_contracts.schemas import schema_of
from kpi_contracts.subjects import EXECUTE
from kpi_executor.executions import executions
from kpi_local.nats import SYSTEMS_USER
from kpi_testkit.eventually import eventually_async
from tests.chaos.depot import GRAPH
from tests.chaos.house import KPIS, House, Json

COMMANDS = 500
BY_REST = 10  # one of so many
TWICE = 20  # one of so many is sent a second time
EDITS = 25  # a change of a KPI after so many
SENDERS = 6
WINDOW = 60  # executions under way at most, so that the load neither floods nor runs dry
LONGEST = 150.0
PATIENCE = 60.0
MAX_ATTEMPTS = 10  # more than there are killings that may hit one and the same execution
PARAMETERS = ExecutionParameters(kg_name=GRAPH, limit_records=None, max_attempts=MAX_ATTEMPTS)
WORKERS = ("definitions-worker", "executor-worker", "results-worker", "audit-worker")
ROUNDS = 2
KILLINGS = ROUNDS * len((*WORKERS, "nats")) + 1


@dataclass(slots=True)
class Accepted:
    """What callers were told is accepted, and so must never be lost."""

    commands: set[UUID] = field(default_factory=set)
    executions: set[int] = field(default_factory=set)
    edits: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Killing:
    """SIGKILL for a program once `after` commands have been sent."""

    after: int
    victim: str


def killings(dice: random.Random) -> list[Killing]:
    """Choose whom to kill and when: all workers and NATS in each round, Postgres in one."""
    rounds = [[*WORKERS, "nats"] for _ in range(ROUNDS)]
    dice.choice(rounds).append("postgres")
    victims = [victim for each in rounds for victim in dice.sample(each, len(each))]
    moments = sorted(dice.sample(range(10, COMMANDS - 10), len(victims)))
    return [Killing(*pair) for pair in zip(moments, victims, strict=True)]


class Storm:
    """One storm over a house; `kpi` is run, `edited` is changed meanwhile."""

    def __init__(self, house: House, kpi: Json, edited: Json, dice: random.Random) -> None:
        self.accepted = Accepted()
        self._house = house
        self._kpi = kpi
        self._edited = edited
        self._dice = dice
        self._killings = killings(dice)
        self._sent = 0
        self._ended = 0
        self._numbers = iter(range(COMMANDS))

    def run(self) -> Accepted:
        """Send all commands while killing; return once all is accepted and nobody is dead."""
        asyncio.run(self._run())
        return self.accepted

    async def _run(self) -> None:
        connection = await self._connect()
        try:
            async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch())
                senders = [group.create_task(self._send(connection)) for _ in range(SENDERS)]
                await group.create_task(self._kill())
                await asyncio.wait(senders)
                watching.cancel()
        finally:
            await connection.close()

    async def _connect(self) -> Client:
        url = self._house.running.stack.nats.url(SYSTEMS_USER)
        return await nats.connect(
            url,
            inbox_prefix=f"_INBOX.{SYSTEMS_USER}".encode(),
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,
            error_cb=_expected,
        )

    async def _send(self, connection: Client) -> None:
        for number in self._numbers:
            await eventually_async(self._room, PATIENCE, "executions come to their ends")
            if number % BY_REST == 0:
                await asyncio.to_thread(self._by_rest)
            else:
                await self._by_bus(connection, again=number % TWICE == 1)
            if number % EDITS == 0:
                await asyncio.to_thread(self._edit, f"edit {number}")
            self._sent += 1

    async def _by_bus(self, connection: Client, *, again: bool) -> None:
        command = ExecuteKpi(
            command_id=UUID(int=self._dice.getrandbits(128), version=4),
            kpi_id=self._kpi["id"],
            kpi_version=self._kpi["version"],
            requested_by="warehouse",
            params=PARAMETERS,
        )

        async def is_stored() -> bool:
            try:
                await connection.jetstream(timeout=2).publish(EXECUTE, dump_command(command))
            except (nats.errors.Error, APIError, TimeoutError):
                return False
            return True

        for _ in repeat(None, 2 if again else 1):
            await eventually_async(is_stored, PATIENCE, "the bus takes a command", interval=0.1)
        self.accepted.commands.add(command.command_id)

    def _by_rest(self) -> None:
        body = schema_of(ExecutionParameters).dump(PARAMETERS)
        body["kpi_version"] = self._kpi["version"]
        answer = self._house.insist("POST", f"{KPIS}/{self._kpi['id']}/execute-async", json=body)
        assert answer.status_code == 202, answer.text
        self.accepted.executions.add(int(answer.json()["execution_id"]))

    def _edit(self, description: str) -> None:
        path = f"{KPIS}/{self._edited['id']}"
        answer = self._house.insist("PUT", path, json={"description": description})
        assert answer.status_code == 200, answer.text
        self.accepted.edits.add(description)

    async def _kill(self) -> None:
        for killing in self._killings:

            async def is_due(after: int = killing.after) -> bool:
                return self._sent >= after

            await eventually_async(is_due, LONGEST, f"{killing.after} commands are sent")
            await asyncio.to_thread(self._house.running.kill, killing.victim)

    async def _watch(self) -> None:
        while True:
            with suppress(sa.exc.OperationalError):  # the database is being killed, too
                self._ended = await asyncio.to_thread(self._count_ended)
            await asyncio.sleep(0.05)

    async def _room(self) -> bool:
        return self._sent - self._ended < WINDOW

    def _count_ended(self) -> int:
        query = sa.select(executions.c.id).where(executions.c.finished_at.is_not(None))
        with self._house.engines["executor"].connect() as connection:
            return len(connection.execute(query).all())


async def _expected(_: Exception) -> None:
    """Keep the client from printing what happens when its server is killed."""
