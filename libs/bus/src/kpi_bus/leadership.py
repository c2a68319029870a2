"""One relay at a time per database, by a session-level advisory lock on a connection of its own.

A lost connection is lost leadership, and one that has fallen silent is given up. So that a stopped
or half-dead process cannot keep the lock, its session is ended by the server
(`idle_session_timeout`) unless it gives a sign of life every few seconds. Leadership only avoids
wasted work: two leaders publish the same message ids.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from psycopg import sql

from kpi_bus.errors import LeadershipLost
from kpi_bus.stopping import pause

RETRY = 1.0
HEARTBEAT = 2.0
LEASE = 8.0
# Seconds, but for the last in milliseconds: a server that is gone without a word is noticed soon.
_SOON: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
_ACQUIRE = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"

log = structlog.get_logger(__name__)


class Leadership:
    """A held lock, and the wake-up calls that arrive on its connection. Made by `lead`."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection
        self._woken = asyncio.Event()
        self._alive_at = time.monotonic()

    def check(self) -> None:
        """Raise LeadershipLost unless the server has answered within the last 8 s."""
        if time.monotonic() - self._alive_at > LEASE:
            raise LeadershipLost("no sign of life within the lease")

    async def woken(self, timeout: float) -> bool:
        """Wait for a NOTIFY, at most `timeout` seconds; whether there was one."""
        try:
            async with asyncio.timeout(timeout):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    async def watch(self) -> None:
        """Listen and give signs of life; ends only by raising LeadershipLost."""
        try:
            while True:
                async for _ in self._connection.notifies(timeout=HEARTBEAT, stop_after=1):
                    self._woken.set()
                if time.monotonic() - self._alive_at > HEARTBEAT:
                    await self._connection.execute("SELECT 1")
                    self._alive_at = time.monotonic()
        except psycopg.Error as error:
            raise LeadershipLost(str(error)) from error


@asynccontextmanager
async def lead(
    engine: sa.Engine, name: str, channel: str, stop: asyncio.Event
) -> AsyncIterator[Leadership | None]:
    """Wait until this process leads, then yield the leadership; None if `stop` came first.

    Raises psycopg.Error or LeadershipLost when the database is out of reach.
    """
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True, **_SOON)
    try:
        while not await _acquired(connection, name):
            await pause(stop, RETRY)
            if stop.is_set():
                yield None
                return
        await connection.execute(
            sql.SQL("SET idle_session_timeout = {}").format(sql.Literal(f"{LEASE:g}s"))
        )
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        yield Leadership(connection)
    finally:
        await connection.close()


async def _acquired(connection: psycopg.AsyncConnection, name: str) -> bool:
    try:
        async with asyncio.timeout(LEASE):
            cursor = await connection.execute(_ACQUIRE, [f"kpi.{name}"])
    except TimeoutError as error:
        raise LeadershipLost("the database does not answer") from error
    row = await cursor.fetchone()
    return bool(row and row[0])
