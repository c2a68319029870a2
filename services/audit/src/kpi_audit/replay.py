"""The projections made anew from the log, beside the live ones, and compared with them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from kpi_audit import log
from kpi_audit.errors import ReplayRunning
from kpi_audit.ingest import TABLES, project
from kpi_audit.log import Entry
from kpi_eventsourcing.errors import RebuildMismatch
from kpi_eventsourcing.rebuild import Rebuild
from kpi_service.database import reader

_LOCK = 0x7265706C  # arbitrary; one replay at a time per database
# Longer than comparing the tables may take, or the server lets writers in meanwhile.
_MAY_IDLE = sa.text("SET LOCAL idle_in_transaction_session_timeout = '30min'")


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found: `table` is the first that differs, in `rows` rows; None if equal."""

    entries: int
    seconds: float
    table: str | None = None
    rows: int = 0

    @property
    def equal(self) -> bool:
        """Whether every projection equals its rebuild."""
        return self.table is None


def replay(engine: sa.Engine) -> Replay:
    """Rebuild the projections in shadow tables and compare; the live ones are not touched.

    New events wait only while the last entries are projected and the tables are compared. It
    needs four connections. Raises ReplayRunning.
    """
    began = time.monotonic()
    with _alone(engine), reader(engine).connect() as reading, engine.begin() as gate:
        rebuild = Rebuild(engine, TABLES, project)
        seen = _Counted()
        rebuild.run(seen.through(_pages(reading, gate)))
        try:
            rebuild.verify()
        except RebuildMismatch as difference:
            seconds = time.monotonic() - began
            return Replay(seen.entries, seconds, difference.table, difference.rows)
        finally:
            rebuild.discard()
    return Replay(seen.entries, time.monotonic() - began)


def _pages(reading: sa.Connection, gate: sa.Connection) -> Iterator[Sequence[Entry]]:
    """Yield the whole log; when its end is near, keep writers out and yield the rest."""
    last = 0
    for page in log.entries(reading, last):
        last = page[-1].seq
        yield page
    gate.execute(_MAY_IDLE)
    log.hold_writers(gate)
    yield from log.entries(reading, last)


class _Counted:
    """Counts the entries that pass."""

    def __init__(self) -> None:
        self.entries = 0

    def through(self, pages: Iterator[Sequence[Entry]]) -> Iterator[Sequence[Entry]]:
        """Yield the pages unchanged."""
        for page in pages:
            self.entries += len(page)
            yield page


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    # Without a transaction, which the server would end for idling through a replay of a minute.
    with reader(engine).connect() as connection:
        taken = connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LOCK)))
        if not taken.scalar_one():
            raise ReplayRunning
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
