"""From the event table to the stream: in commit order per aggregate, nothing skipped.

One leader per database reads what is committed behind its cursor, publishes with a bounded
window, and moves the cursor over what has been acknowledged without a gap. A crash anywhere
publishes some events again under the same message id, which the stream drops.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import nats.errors
import sqlalchemy as sa
import structlog
from nats.js.errors import NoStreamResponseError, NotFoundError

from kpi_bus import metrics
from kpi_bus.connection import Bus
from kpi_bus.errors import (
    TRANSIENT,
    BusError,
    Disconnected,
    LeadershipLost,
    is_hopeless_to_publish,
    is_transient,
)
from kpi_bus.leadership import Leadership, lead
from kpi_bus.parking import park
from kpi_bus.publisher import WINDOW, Publisher
from kpi_bus.quarantine import Quarantine
from kpi_bus.refill import Comparison
from kpi_bus.stopping import Backoff, pause, unless_stopped
from kpi_bus.threads import Threads
from kpi_bus.topology import declare
from kpi_contracts.envelope import Record
from kpi_contracts.messages import encode
from kpi_contracts.streams import KPI_EVENTS
from kpi_eventsourcing.crash_points import crash_point
from kpi_eventsourcing.outbox import WAKE_CHANNEL, Cursor, Outbox

POLL = 0.5
FIRST_POLL = 0.004
READ_LIMIT = 1000
MARK_EVERY = 0.02
STREAM_CHECK = 5.0
LAG_CHECK = 5.0
ATTEMPTS = 5
TIMEOUTS = 20
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
        replicas: int = 1,
    ) -> None:
        self._bus = bus
        self._engine = engine
        self._name = name
        self._poll = poll
        self._window = window
        self._attempts = attempts
        self._replicas = replicas
        self._outbox = Outbox(engine, name)
        self._quarantine = Quarantine(engine, name)
        self._comparison = Comparison(engine, self._outbox, bus, KPI_EVENTS.name, name)
        self._parked: set[tuple[str, str]] = set()
        self._doubt = asyncio.Event()
        self._threads = Threads(name, 4)

    async def run(self, stop: asyncio.Event) -> None:
        """Publish while this process leads, until `stop` is set."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                async with lead(self._engine, self._name, WAKE_CHANNEL, stop) as leadership:
                    if leadership is not None:
                        backoff.reset()
                        await self._lead(leadership, stop)
            except* _INTERRUPTIONS as failures:
                log.warning("relay.interrupted", relay=self._name, errors=_reasons(failures))
            await pause(stop, backoff.next())
        self._threads.close()

    async def refill(self) -> int:
        """Publish every published event that the stream lacks; return how many there were.

        May run beside the relay, also in another process.
        """
        aggregates = await self._threads.run(self._comparison.aggregates)
        present = await self._comparison.ids_in_stream(aggregates)
        self._parked |= await self._threads.run(self._quarantine.aggregates)
        batches = self._comparison.published()
        count = 0
        async with asyncio.TaskGroup() as group:
            publisher = Publisher(group, self._settle, window=self._window)
            while (batch := await self._threads.run(next, batches, None)) is not None:
                for entry in batch:
                    if str(entry.record.id) not in present:
                        await publisher.submit(entry)
                        count += 1
        metrics.RELAY_REFILLED.labels(self._name).inc(count)
        log.warning("relay.refilled", relay=self._name, events=count)
        return count

    async def _lead(self, leadership: Leadership, stop: asyncio.Event) -> None:
        log.info("relay.leading", relay=self._name)
        metrics.RELAY_LEADER.labels(self._name).set(1)
        try:
            async with asyncio.TaskGroup() as group:
                publisher = Publisher(group, self._settle, window=self._window)
                companions = [
                    group.create_task(leadership.watch()),
                    group.create_task(self._mark_prefix(publisher, leadership)),
                    group.create_task(self._guard_stream()),
                    group.create_task(self._measure_lag()),
                ]
                await unless_stopped(stop, self._feed(publisher, leadership))
                await self._finish(publisher)
                for companion in companions:
                    companion.cancel()
        finally:
            metrics.RELAY_LEADER.labels(self._name).set(0)

    async def _feed(self, publisher: Publisher, leadership: Leadership) -> None:
        await self._repair()
        self._parked = await self._threads.run(self._quarantine.aggregates)
        cursor = await self._threads.run(self._outbox.cursor)
        patience = FIRST_POLL
        while True:
            leadership.check()
            entries = await self._threads.run(self._outbox.pending, READ_LIMIT, cursor)
            for entry in entries:
                await publisher.submit(entry)
                cursor = entry.cursor
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
            leadership.check()
            await self._mark(publisher.prefix)

    async def _mark(self, cursor: Cursor | None) -> None:
        if cursor is not None:
            crash_point("relay.before_mark")
            await self._threads.run(self._outbox.mark, cursor)

    async def _finish(self, publisher: Publisher) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                await publisher.drained()
        publisher.abandon()
        await self._mark(publisher.prefix)

    async def _settle(self, record: Record) -> None:
        """Return once an event is in the stream or parked, however long that takes."""
        if await self._follows_parked(record):
            return
        backoff = Backoff()
        faults = 0
        while True:
            try:
                await self._bus.publish(encode(record))
            except Disconnected:
                await asyncio.sleep(FIRST_POLL)
                continue
            except (BusError, nats.errors.Error, TimeoutError, ValueError, TypeError) as error:
                metrics.RELAY_RETRIES.labels(self._name).inc()
                faults += await self._is_fault_of_event(error)
                if faults >= (TIMEOUTS if isinstance(error, TimeoutError) else self._attempts):
                    await self._park(record, error)
                    return
                await asyncio.sleep(backoff.next())
            else:
                crash_point("relay.after_publish")
                self._count(record)
                return

    async def _is_fault_of_event(self, error: Exception) -> bool:
        """Whether the stream is well and the event itself must be what it does not take."""
        if is_hopeless_to_publish(error):
            return True
        if not isinstance(error, (NoStreamResponseError, TimeoutError)):
            return False
        try:
            await self._bus.js.stream_info(KPI_EVENTS.name)
        except NotFoundError:
            self._doubt.set()
            return False
        except (nats.errors.Error, TimeoutError):
            return False
        return True

    async def _park(self, record: Record, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        await self._threads.run(self._quarantine.park, record, reason)
        self._parked.add((record.aggregate, record.aggregate_id))
        await self._tell_parked(record, reason)

    async def _follows_parked(self, record: Record) -> bool:
        key = (record.aggregate, record.aggregate_id)
        if key not in self._parked:
            return False
        if await self._threads.run(self._quarantine.park_follower, record):
            await self._tell_parked(record, "follows a parked event of its aggregate")
            return True
        self._parked.discard(key)
        return False

    async def _tell_parked(self, record: Record, reason: str) -> None:
        # A notice only: the row in `parked` is what counts, so a lost notice loses nothing.
        with suppress(BusError, *TRANSIENT):
            await park(
                self._bus,
                self._name,
                reason,
                key=str(record.id),
                subject=f"{record.aggregate}/{record.aggregate_id}",
                headers={"ce-id": str(record.id), "ce-type": record.type},
                body=b"",
            )

    async def _guard_stream(self) -> None:
        seen: tuple[int, datetime | None] = self._bus.reconnects, None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(STREAM_CHECK):
                    await self._doubt.wait()
            try:
                now = self._bus.reconnects, await self._created()
                if now != seen or self._doubt.is_set():
                    await self._repair()
                    seen = self._bus.reconnects, await self._created()
            except* TRANSIENT as failures:
                log.warning("relay.stream_unchecked", relay=self._name, errors=_reasons(failures))

    async def _created(self) -> datetime | None:
        with suppress(NotFoundError):
            return (await self._bus.js.stream_info(KPI_EVENTS.name)).created
        return None

    async def _repair(self) -> None:
        """Declare the stream if it is gone, and refill it if it lacks what was published."""
        self._doubt.clear()
        await declare(self._bus.js, (KPI_EVENTS,), replicas=self._replicas)
        witness = await self._threads.run(self._comparison.witness)
        if witness is not None and not await self._comparison.holds(witness):
            await self.refill()

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

    def _count(self, record: Record) -> None:
        metrics.RELAY_PUBLISHED.labels(self._name).inc()
        age = (datetime.now(UTC) - record.time).total_seconds()
        metrics.RELAY_PUBLISH_SECONDS.labels(self._name).observe(max(age, 0.0))


def _reasons(failures: BaseExceptionGroup[BaseException]) -> list[str]:
    return [repr(error) for error in failures.exceptions]
