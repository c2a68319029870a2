"""Scrubbing: hashing stored parts again for as long as they are kept.

A part is hashed when a process first reads it. Bits that flip on the disk afterwards leave no sign
but the hash, so somebody has to look. Nor is there a sign of a damaged part that was put back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import repeat
from time import monotonic

import obstore
import sqlalchemy as sa
import structlog
from obstore.exceptions import BaseError
from prometheus_client import Counter, Gauge

from kpi_contracts.execution import Part
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_results import queries, scrubs
from kpi_results.commands import ReportDamage, ReportRepair
from kpi_results.recorder import DAMAGED
from kpi_results.settings import Scrubbing
from kpi_results.shelf import is_readable
from kpi_results.taking_in import SERVICE
from kpi_rows.objects import local_folder, open_store
from kpi_rows.parts import PREFIX

EVERY = 1.0  # seconds between two steps
BATCH = 100  # results looked up at once
MOST = 100  # results begun in a step, however small
IDLE = 60  # steps at most between two looks when nothing is due, or the store is away
AGAIN = 300.0  # seconds between two looks at the parts with damage on record
_PIECE = 1 << 20  # bytes

SCRUBBED = Counter("kpi_results_scrubbed_bytes_total", "Bytes of parts that were hashed again")
REPAIRED = Counter("kpi_results_repaired_parts_total", "Damaged parts that were found whole again")
OLDEST = Gauge("kpi_results_oldest_check_seconds", "Age of the oldest check of a result's parts")
_log = structlog.stdlib.get_logger(__name__)


class StoreAway(Exception):
    """The folder of the store is empty, as one is whose disk is not mounted."""


class Scrubber:
    """Hashes each part once in a while, those first that were not checked for the longest time.

    How far it came is in the database, part by part: a new process goes on from there. Parts with
    damage on record are hashed again soon, in case they were put back, even if no others are.
    """

    def __init__(
        self, engine: sa.Engine, dispatch: Dispatcher, store_url: str, scrubbing: Scrubbing
    ) -> None:
        self._engine = engine
        self._dispatch = dispatch
        self._store = open_store(store_url)
        self._folder = local_folder(store_url)
        self._every = timedelta(days=scrubbing.days)
        self._idle = max(1, min(IDLE, int(self._every.total_seconds()))) if self._every else IDLE
        self._rate = max(MOST, scrubbing.rate)
        self._left = 0
        self._again = min(AGAIN, self._every.total_seconds() or AGAIN)
        self._again_at = monotonic()
        self._repaired: set[str] = set()
        self._work = self._rounds()

    def step(self) -> bool:
        """Hash what a second allows, to be called once in a second; return False: so much for now.

        A piece may be larger than what is left; the steps after it then have less.
        """
        self._left = min(self._left + self._rate, self._rate)
        try:
            while self._left > 0:
                self._left -= next(self._work)
        except Exception:
            self._work = self._rounds()  # a generator that raised has ended
            raise
        return False

    def _rounds(self) -> Iterator[int]:
        """Work for ever; yield what was taken of the bytes that a second allows."""
        while True:
            found = self._due()
            try:
                yield from self._look_again()
                for execution_id, done in found:
                    yield from self._check(execution_id, done)
                    yield from self._look_again()
            except (StoreAway, BaseError) as error:
                _log.warning("store not scrubbed", error=str(error))
                found = []
            if not found:
                yield from repeat(self._rate, self._idle)

    def _due(self) -> list[tuple[int, int]]:
        if not self._every:
            return []
        with self._engine.connect() as connection:
            oldest = scrubs.oldest(connection)
            found = scrubs.due(connection, self._every, BATCH)
        OLDEST.set((datetime.now(UTC) - oldest).total_seconds() if oldest else 0)
        return [(row["execution_id"], row["parts"]) for row in found]

    def _check(self, execution_id: int, done: int) -> Iterator[int]:
        """Check a result from part `done` on."""
        yield self._rate // MOST
        with self._engine.connect() as connection:
            parts = queries.get_manifest(connection, execution_id).parts
        for number, part in enumerate(parts[done:], done + 1):
            damage = yield from self._damage(part)
            if damage is not None:
                self._report(execution_id, part, damage)
                return
            with self._engine.begin() as connection:
                scrubs.note_parts(connection, execution_id, number)
        with self._engine.begin() as connection:
            scrubs.note_whole(connection, execution_id)

    def _look_again(self) -> Iterator[int]:
        """Check what is damaged, if it is time; put on record what is so no more."""
        if monotonic() < self._again_at:
            return
        with self._engine.connect() as connection:
            damaged = scrubs.damaged(connection)
        for execution_id, keys in damaged.items():
            yield self._rate // MOST
            with self._engine.connect() as connection:
                parts = queries.get_manifest(connection, execution_id).parts
            for part in parts:
                if part.key in keys:
                    yield from self._check_again(execution_id, part)
        self._again_at = monotonic() + self._again

    def _check_again(self, execution_id: int, part: Part) -> Iterator[int]:
        damage = yield from self._damage(part)
        if damage is not None:
            self._repaired.discard(part.key)
        elif part.key not in self._repaired:  # else whoever reads it finds more amiss than its hash
            self._repaired.add(part.key)
            REPAIRED.inc()
            _log.info("part repaired", execution_id=execution_id, part=part.key)
            self._dispatch(ReportRepair(execution_id, part.key), Context.by(SERVICE))

    def _damage(self, part: Part) -> Generator[int, None, str | None]:
        """Hash a part piece by piece; return what is wrong with it, or None.

        A file that cannot be read is wrong; a store that is not there, or does not answer, is not:
        raises StoreAway or BaseError.
        """
        digest, size = hashlib.sha256(), 0
        try:
            for piece in obstore.get(self._store, part.key).stream(min_chunk_size=_PIECE):
                digest.update(piece)
                size += len(piece)
                SCRUBBED.inc(len(piece))
                yield len(piece)
        except FileNotFoundError as error:
            if self._folder is not None and not (self._folder / PREFIX).is_dir():
                raise StoreAway(f"{self._folder} holds no results at all") from error
            return "it is missing"
        except (BaseError, OSError) as error:
            if self._folder is None:
                raise
            return f"it cannot be read ({error})"
        if size != part.bytes:
            return f"it has {size} bytes instead of {part.bytes}"
        if digest.hexdigest() != part.sha256:
            return "its SHA-256 differs from the manifest's"
        return None

    def _report(self, execution_id: int, part: Part, reason: str) -> None:
        with self._engine.connect() as connection:
            if not is_readable(connection, execution_id):
                return  # it expired meanwhile, and its parts may be swept
        DAMAGED.inc()
        _log.error("part damaged", execution_id=execution_id, part=part.key, reason=reason)
        self._dispatch(ReportDamage(execution_id, part.key, reason), Context.by(SERVICE))
