"""From the event table to the stream: in commit order per aggregate, nothing skipped.

One leader per database reads what is committed behind its cursor, publishes with a bounded
window, and moves the cursor over what has been acknowledged without a gap. A crash anywhere
publishes some events again under the same message id, which the stream drops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa
import structlog
from nats.js.errors import NotFoundError

from kpi_bus import metrics
from kpi_bus.connection import Bus
from kpi_bus.errors import (
    TRANSIENT,
    LeadershipLost,
    is_transient,
)
from kpi_bus.leadership import Leadership, lead
from kpi_bus.publisher import WINDOW, Publisher
from kpi_bus.quarantine import Quarantine
from kpi_bus.refill import Comparison
from kpi_bus.settling import ATTEMPTS, Settler
from kpi_bus.stopping import Crew, pause, unless_stopped
from kpi_bus.threads import Threads
from kpi_bus.topology import declare
from kpi_contracts.streams import KPI_EVENTS
from kpi_eventsourcing.crash_points import crash_point
from kpi_eventsourcing.outbox import START, WAKE_CHANNEL, Cursor, Entry, Outbox

POLL = 0.5
FIRST_POLL = 0.004
READ_LIMIT = 1000
MARK_EVERY = 0.1
STREAM_CHECK = 5.0
LAG_CHECK = 5.0
DRAIN = 5.0

_INTERRUPTIONS: tuple[type[Exception], ...] = (LeadershipLost, *TRANSIENT)

log = structlog.get_logger(__name__)


class Relay:
    """Publishes one service's committed events. `name` is that of its cursor.

    `poll` is the longest time in seconds that an event waits when its wake-up call was lost.
    An event that the bus refuses `attempts` times is parked together with its aggregate.
    """

    def __init__(
        self,
        engine: sa.Engine,
        bus: Bus,
        name: str = "relay",
        *,
        poll: float = POLL,
        window: int = WINDOW,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._bus = bus
        self._engine = engine
        self._name = name
        self._poll = poll
        self._window = window
        self._outbox = Outbox(engine, name)
        self._comparison = Comparison(engine, self._outbox, bus, KPI_EVENTS.name, name)
        self._submitted = START
        self._refilling = False
        self._threads = Threads(name, 3)
        self._marking = Threads(f"{name}-marking")  # one thread: marks keep their order
        self._quarantine = Quarantine(engine, name)
        self._settler = Settler(bus, self._quarantine, self._threads, name=name, attempts=attempts)

    async def run(self, stop: asyncio.Event) -> None:
        """Publish while this process leads, until `stop` is set."""
        try:
            await self._lead_again_and_again(stop)
        finally:
            await self._threads.close()
            await self._marking.close()

    async def refill(self) -> int:
        """Publish every event that the stream should hold and lacks; return their number.

        May run beside the relay, also in another process.
        """
        stored = await self._threads.run(self._outbox.cursor)
        batches = self._comparison.published(max(stored, self._submitted))
        aggregates = await self._threads.run(self._comparison.aggregates)
        present = await self._comparison.ids_in_stream(aggregates)
        present |= await self._threads.run(self._quarantine.event_ids)
        await self._settler.learn_parked()
        async with Crew() as crew:
            publisher = Publisher(crew, self._settler.settle, window=self._window)
            count = await crew.accompany(self._submit_missing(publisher, batches, present)) or 0
        metrics.RELAY_REFILLED.labels(self._name).inc(count)
        log.warning("relay.refilled", relay=self._name, events=count)
        return count

    async def _submit_missing(
        self, publisher: Publisher, batches: Iterator[list[Entry]], present: set[str]
    ) -> int:
        count = 0
        while (batch := await self._threads.run(next, batches, None)) is not None:
            for entry in batch:
                if str(entry.record.id) not in present:
                    await publisher.submit(entry)
                    count += 1
        await publisher.drained()
        return count

    async def _lead_again_and_again(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                async with lead(self._engine, self._name, WAKE_CHANNEL, stop) as leadership:
                    if leadership is not None:
                        await self._lead(leadership, stop)
            except _INTERRUPTIONS as error:
                log.warning("relay.interrupted", relay=self._name, error=repr(error))
            await pause(stop, self._poll)

    async def _lead(self, leadership: Leadership, stop: asyncio.Event) -> None:
        log.info("relay.leading", relay=self._name)
        metrics.RELAY_LEADER.labels(self._name).set(1)
        try:
            async with Crew() as crew:
                publisher = Publisher(crew, self._settler.settle, window=self._window)
                crew.start(leadership.watch())
                crew.start(self._mark_prefix(publisher, leadership))
                crew.start(self._guard_stream())
                crew.start(self._measure_lag())
                feed = self._feed(publisher, leadership)
                await crew.accompany(unless_stopped(stop, feed))
                await crew.accompany(self._finish(publisher))
        finally:
            metrics.RELAY_LEADER.labels(self._name).set(0)

    async def _feed(self, publisher: Publisher, leadership: Leadership) -> None:
        # Another leader may have published since this process led: only the database knows.
        self._settler.forget_stream()
        self._submitted = START
        await self._repair()
        await self._settler.learn_parked()
        cursor = await self._threads.run(self._outbox.cursor)
        patience = FIRST_POLL
        while True:
            leadership.check()
            entries = await self._threads.run(self._outbox.pending, READ_LIMIT, cursor)
            for entry in entries:
                await publisher.submit(entry)
                self._submitted = cursor = entry.cursor
            if len(entries) == READ_LIMIT:
                continue
            # An older transaction anywhere in the cluster hides a commit until it ends, and no
            # second call announces that: so look again soon after a call, then ever less often.
            if await leadership.woken(patience) or entries:
                patience = FIRST_POLL
            else:
                patience = min(2 * patience, self._poll)

    async def _mark_prefix(self, publisher: Publisher, leadership: Leadership) -> None:
        while True:
            await publisher.progressed()
            await asyncio.sleep(MARK_EVERY)
            while self._refilling:
                await asyncio.sleep(MARK_EVERY)
            leadership.check()
            await self._mark(publisher.prefix)

    async def _mark(self, cursor: Cursor | None) -> None:
        if cursor is not None and not self._refilling:
            crash_point("relay.before_mark")
            await self._marking.run(self._outbox.mark, cursor)

    async def _finish(self, publisher: Publisher) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                await publisher.drained()
        await self._mark(publisher.prefix)

    async def _guard_stream(self) -> None:
        seen: tuple[int, datetime | None] = self._bus.reconnects, None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(STREAM_CHECK):
                    await self._settler.stream_missing.wait()
            try:
                now = self._bus.reconnects, await self._created()
                if now != seen or self._settler.stream_missing.is_set():
                    await self._repair()
                    seen = self._bus.reconnects, await self._created()
            except TRANSIENT as error:
                log.warning("relay.stream_unchecked", relay=self._name, error=repr(error))
                await asyncio.sleep(self._poll)

    async def _created(self) -> datetime | None:
        with suppress(NotFoundError):
            return (await self._bus.js.stream_info(KPI_EVENTS.name)).created
        return None

    async def _repair(self) -> None:
        """Declare the stream if it is gone, and refill it if it lacks what was published."""
        self._settler.stream_missing.clear()
        await declare(self._bus.js, (KPI_EVENTS,), replicas=self._bus.replicas)
        if self._refilling or not await self._is_whole():
            # Until it is done: what is published meanwhile would hide that events are missing.
            self._refilling = True
            self._settler.forget_stream()
            await self.refill()
            self._refilling = False

    async def _is_whole(self) -> bool:
        for before in tuple(self._settler.before_interruptions):
            if not await self._comparison.holds_at(*before):
                return False
            with suppress(ValueError):  # forgotten meanwhile, together with the stream
                self._settler.before_interruptions.remove(before)
        # What has been acknowledged since the last mark counts, too.
        witness = self._settler.last_published or await self._threads.run(self._comparison.witness)
        return witness is None or await self._comparison.holds(witness)

    async def _measure_lag(self) -> None:
        while True:
            try:
                lag = await self._threads.run(self._outbox.lag)
            except Exception as error:
                if not is_transient(error):
                    raise
            else:
                metrics.RELAY_LAG_ROWS.labels(self._name).set(lag.events)
                metrics.RELAY_LAG_SECONDS.labels(self._name).set(lag.seconds)
            await asyncio.sleep(LAG_CHECK)
