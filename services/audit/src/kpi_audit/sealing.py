"""The timer that has the chain signed: after so many new entries, or so many seconds."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
import structlog
from prometheus_client import Gauge

from kpi_audit.checkpoints import last_seal, seal_head
from kpi_audit.errors import AlreadySealed, ChainBroken
from kpi_audit.log import audit_log
from kpi_audit.signing import SigningKey
from kpi_bus.errors import is_transient
from kpi_bus.stopping import pause
from kpi_bus.threads import Threads
from kpi_contracts.audit import AGGREGATE

LOOK_EVERY = 0.5  # seconds

INTACT = Gauge("kpi_audit_chain_intact", "0 once the log was found changed since it was signed")
SIGNED_TO = Gauge("kpi_audit_signed_seq", "The last entry that a signed checkpoint covers")

log = structlog.get_logger(__name__)


class SealTimer:
    """Signs the head when `every` entries are new, or the oldest of them is `seconds` old.

    Checkpoints are entries themselves, but alone they are no reason for another one.
    """

    def __init__(
        self, engine: sa.Engine, key: SigningKey, *, every: int = 1000, seconds: float = 10.0
    ) -> None:
        self._engine = engine
        self._key = key
        self._every = every
        self._seconds = seconds
        self._threads = Threads("seal")

    async def run(self, stop: asyncio.Event) -> None:
        """Look and sign until `stop` is set. A broken chain is reported, not signed."""
        INTACT.set(1)
        try:
            while not stop.is_set():
                try:
                    await self._threads.run(self._seal_if_due)
                except ChainBroken as error:
                    INTACT.set(0)
                    log.error("audit.chain_broken", seq=error.fault.seq, reason=error.fault.reason)
                    await pause(stop, self._seconds)
                except Exception as error:
                    if not is_transient(error):
                        raise
                    log.warning("audit.seal_postponed", error=repr(error))
                await pause(stop, LOOK_EVERY)
        finally:
            await self._threads.close()

    def _seal_if_due(self) -> None:
        with self._engine.connect() as connection:
            last = last_seal(connection)
            signed_to = last.seq if last else 0
            new, age = _waiting(connection, signed_to)
        SIGNED_TO.set(signed_to)
        if not is_due(new, age, every=self._every, seconds=self._seconds):
            return
        try:
            SIGNED_TO.set(seal_head(self._engine, self._key).seq)
        except AlreadySealed:
            return
        INTACT.set(1)


def is_due(new: int, age: float, *, every: int, seconds: float) -> bool:
    """Whether `new` unsigned entries, the oldest of them `age` seconds old, are to be signed."""
    return new >= every or (new > 0 and age >= seconds)


def _waiting(connection: sa.Connection, signed_to: int) -> tuple[int, float]:
    waiting = sa.select(
        sa.func.count(),
        sa.func.extract("epoch", sa.func.now() - sa.func.min(audit_log.c.recorded_at)),
    ).where(audit_log.c.seq > signed_to, audit_log.c.aggregate != AGGREGATE)
    new, age = connection.execute(waiting).one()
    return new, float(age or 0.0)
