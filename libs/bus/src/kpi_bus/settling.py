"""Dealing with one event for good: into the stream, or, if the bus never takes it, parked."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import nats.errors
import structlog
from nats.js.errors import NoStreamResponseError, NotFoundError

from kpi_bus import metrics
from kpi_bus.connection import PUBLISH_TIMEOUT, Bus
from kpi_bus.errors import TRANSIENT, BusError, Disconnected, is_hopeless_to_publish
from kpi_bus.parking import park
from kpi_bus.quarantine import Quarantine
from kpi_bus.stopping import Backoff
from kpi_bus.threads import Threads
from kpi_contracts.envelope import Record
from kpi_contracts.messages import encode
from kpi_contracts.streams import KPI_EVENTS
from kpi_eventsourcing.crash_points import crash_point

ATTEMPTS = 5
TIMEOUTS = 50
TOLD_AFTER = 3
_RECONNECT_POLL = 0.01

log = structlog.get_logger(__name__)


class Settler:
    """Publishes events of the relay called `name`, again and again under the same id.

    An event is given up when the bus refused it `attempts` times although the stream is well, or
    was silent on it 50 times while it answered others: a stream whose disk is full answers
    nobody, and no event is to blame. `stream_missing` is set when it is not: the stream is gone.
    `last_published` is the event with the highest sequence that the stream has acknowledged.
    `before_interruptions` are those, with their sequences, that were it when a connection was lost:
    by what came later nobody could see that a server came back without them.
    """

    def __init__(
        self,
        bus: Bus,
        quarantine: Quarantine,
        threads: Threads,
        *,
        name: str,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._bus = bus
        self._quarantine = quarantine
        self._threads = threads
        self._name = name
        self._attempts = attempts
        self._parked: set[tuple[str, str]] = set()
        self._acknowledged = 0
        self._last_seq = 0
        self._reconnects = 0
        self.last_published: Record | None = None
        self.before_interruptions: list[tuple[int, Record]] = []
        self.stream_missing = asyncio.Event()

    async def learn_parked(self) -> None:
        """Read which aggregates are parked already."""
        self._parked = await self._threads.run(self._quarantine.aggregates)

    async def settle(self, record: Record) -> None:
        """Return once an event is in the stream or parked, however long that takes."""
        if await self._follows_parked(record):
            return
        backoff = Backoff()
        faults = 0
        while True:
            before = self._acknowledged
            try:
                ack = await self._bus.publish(encode(record))
            except Disconnected:
                await asyncio.sleep(_RECONNECT_POLL)
                continue
            except (BusError, nats.errors.Error, TimeoutError, ValueError, TypeError) as error:
                metrics.RELAY_RETRIES.labels(self._name).inc()
                faults += await self._is_fault_of_event(error, others=self._acknowledged - before)
                if faults >= (TIMEOUTS if isinstance(error, TimeoutError) else self._attempts):
                    await self._park(record, error)
                    return
                if backoff.attempts == TOLD_AFTER:
                    log.warning("relay.refused", relay=self._name, error=repr(error))
                await asyncio.sleep(backoff.next())
            else:
                crash_point("relay.after_publish")
                self._count(record, ack.seq)
                return

    async def _is_fault_of_event(self, error: Exception, *, others: int) -> bool:
        """Whether the stream is well and the event itself must be what it does not take.

        `others` is how many events were acknowledged meanwhile.
        """
        if is_hopeless_to_publish(error):
            return True
        if isinstance(error, TimeoutError):
            return others > 0
        if not isinstance(error, NoStreamResponseError):
            return False
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):  # no answer at all without a leader
                await self._bus.js.stream_info(KPI_EVENTS.name)
        except NotFoundError:
            self.stream_missing.set()
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
        if not await self._threads.run(self._quarantine.park_follower, record):
            return False
        await self._tell_parked(record, "follows a parked event of its aggregate")
        return True

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

    def forget_stream(self) -> None:
        """Begin anew with a stream whose sequence may have begun anew."""
        self._last_seq = 0
        self.last_published = None
        self.before_interruptions.clear()

    def _count(self, record: Record, seq: int) -> None:
        if self._reconnects != self._bus.reconnects:
            self._reconnects = self._bus.reconnects
            if self.last_published is not None:
                self.before_interruptions.append((self._last_seq, self.last_published))
            self._last_seq = 0
        if seq > self._last_seq:
            self._last_seq, self.last_published = seq, record
        self._acknowledged += 1
        metrics.RELAY_PUBLISHED.labels(self._name).inc()
        age = (datetime.now(UTC) - record.time).total_seconds()
        metrics.RELAY_PUBLISH_SECONDS.labels(self._name).observe(max(age, 0.0))
