"""Sweeping the store: parts that no readable result needs.

These are the parts of results that expired, and leftovers: of attempts that did not become the
result, of executions that ended without one, and of executions that were rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import sqlalchemy as sa
import structlog
from prometheus_client import Counter

from kpi_results.index import executions, manifests
from kpi_results.rows.store import PartStore
from kpi_results.settings import Keeping
from kpi_results.shelf import results
from kpi_results.statuses import FINAL
from kpi_rows.parts import execution_of

BATCH = 1000

SWEPT = Counter("kpi_results_swept_parts_total", "Objects deleted from the store")
_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the index knows of an execution that has objects in the store."""

    ended: bool
    expired_at: datetime | None
    parts: frozenset[str]


class Sweeper:
    """Looks through the whole store once per call."""

    def __init__(self, engine: sa.Engine, store: PartStore, keeping: Keeping) -> None:
        self._engine = engine
        self._store = store
        self._keeping = keeping

    def sweep(self) -> bool:
        """Delete what nobody needs; return False, for there is no more to do at once."""
        stored = self._store.objects()
        while objects := list(islice(stored, BATCH)):
            keys = list(self._needless(objects))
            if keys:
                self._store.delete(keys)
                SWEPT.inc(len(keys))
                _log.info("store swept", objects=len(keys), first=keys[0])
        return False

    def _needless(self, objects: Sequence[tuple[str, datetime]]) -> Iterator[str]:
        now = datetime.now(UTC)
        ids = {execution_id for key, _ in objects if (execution_id := execution_of(key))}
        with self._engine.connect() as connection:
            newest = connection.execute(sa.select(sa.func.max(executions.c.id))).scalar_one() or 0
            known = _known(connection, ids)
        for key, written in objects:
            execution_id = execution_of(key)
            if execution_id is None:
                continue
            is_old = written < now - self._keeping.orphans
            execution = known.get(execution_id)
            if execution is None:
                # The index has passed it by, so it is not just an event that has yet to come.
                needless = is_old and execution_id < newest
            elif execution.expired_at is not None:
                needless = execution.expired_at < now - self._keeping.grace
            else:
                needless = is_old and execution.ended and key not in execution.parts
            if needless:
                yield key


def _known(connection: sa.Connection, ids: set[int]) -> Mapping[int, _Known]:
    query = (
        sa.select(
            executions.c.id,
            executions.c.execution_status,
            results.c.expired_at,
            manifests.c.manifest,
        )
        .outerjoin(manifests, manifests.c.execution_id == executions.c.id)
        .outerjoin(results, results.c.execution_id == executions.c.id)
        .where(executions.c.id.in_(sorted(ids)))
    )
    return {
        row.id: _Known(
            ended=row.execution_status in FINAL,
            expired_at=row.expired_at,
            parts=frozenset(part["key"] for part in (row.manifest or {}).get("parts", ())),
        )
        for row in connection.execute(query)
    }
