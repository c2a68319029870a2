"""Publishing with a bounded window, in order within each aggregate.

At most one event of an aggregate is in flight, so a publish that fails holds back its own
aggregate and nobody else. What has been acknowledged without a gap is the prefix that may be
marked as published.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kpi_bus.stopping import Crew
from kpi_contracts.envelope import Record
from kpi_eventsourcing.outbox import Cursor, Entry

WINDOW = 256
BACKLOG = 4096

Key = tuple[str, str]
Settle = Callable[[Record], Awaitable[None]]


@dataclass(slots=True)
class _Slot:
    entry: Entry
    settled: bool = False


class Publisher:
    """Runs `settle` for each submitted event; `settle` returns when the event is dealt with.

    Its tasks belong to the caller's crew, so an error of `settle` ends the caller's work, too.
    """

    def __init__(
        self,
        crew: Crew,
        settle: Settle,
        *,
        window: int = WINDOW,
        backlog: int = BACKLOG,
    ) -> None:
        self._crew = crew
        self._settle = settle
        self._window = asyncio.Semaphore(window)
        self._room = asyncio.Semaphore(backlog)
        self._slots: deque[_Slot] = deque()
        self._chains: dict[Key, deque[_Slot]] = {}
        self._progress = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.prefix: Cursor | None = None

    async def submit(self, entry: Entry) -> None:
        """Take an event, in outbox order; waits while the backlog is full."""
        await self._room.acquire()
        slot = _Slot(entry)
        self._slots.append(slot)
        self._idle.clear()
        key = (entry.record.aggregate, entry.record.aggregate_id)
        chain = self._chains.get(key)
        if chain is not None:
            chain.append(slot)
            return
        self._chains[key] = deque([slot])
        self._crew.start(self._run(key))

    async def progressed(self) -> None:
        """Wait until `prefix` has moved."""
        await self._progress.wait()
        self._progress.clear()

    async def drained(self) -> None:
        """Wait until everything submitted has been settled."""
        await self._idle.wait()

    async def _run(self, key: Key) -> None:
        chain = self._chains[key]
        while chain:
            slot = chain[0]
            async with self._window:
                await self._settle(slot.entry.record)
            chain.popleft()
            slot.settled = True
            self._advance()
        del self._chains[key]

    def _advance(self) -> None:
        while self._slots and self._slots[0].settled:
            self.prefix = self._slots.popleft().entry.cursor
            self._room.release()
            self._progress.set()
        if not self._slots:
            self._idle.set()
