"""Opening executions for a request: as fresh as the caller's own writes, damage put on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from kpi_bus.freshness import ReadYourWrites
from kpi_contracts.execution import Manifest
from kpi_eventsourcing.context import Context
from kpi_results import queries
from kpi_results.errors import ExecutionNotFound, KpiNotFound
from kpi_results.recorder import Recorder
from kpi_results.rows.errors import PartDamaged
from kpi_results.settings import ResultsSettings

if TYPE_CHECKING:
    from kpi_results.reader import RowReader

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Everything the API reads from. `rows()` loads the row engine at its first call."""

    engine: sa.Engine
    fresh: ReadYourWrites
    rows: Callable[[], RowReader]
    recorder: Recorder
    settings: ResultsSettings

    def execution(self, execution_id: int) -> sa.RowMapping:
        """Return an execution, at its end if it has ended anywhere; raises ExecutionNotFound.

        One that the index shows as running may have succeeded a moment ago, in an answer that the
        caller holds already.
        """

        def finished() -> sa.RowMapping | None:
            with self.engine.connect() as connection:
                return queries.find_finished(connection, execution_id)

        found = self.fresh.find(finished)
        if found is None:
            with self.engine.connect() as connection:
                found = queries.find_execution(connection, execution_id)
        if found is None:
            raise ExecutionNotFound(execution_id)
        return found

    def with_rows(self, execution_id: int) -> tuple[sa.RowMapping, Manifest]:
        """Return an execution whose rows can be read, and their manifest.

        Parts of a result that has damage on record are hashed at every reading: they may have been
        put back, and may have been found whole here before they were damaged.

        Raises:
            ExecutionNotFound, NotFinished, NoResult, ResultGone: they cannot be read.

        """
        execution = self.execution(execution_id)
        queries.require_rows(execution)
        with self.engine.connect() as connection:
            manifest = queries.get_manifest(connection, execution_id)
        if execution["damaged_at"] is not None:
            self.rows().distrust(manifest)
        return execution, manifest

    def require_kpi(self, kpi_id: int) -> None:
        """Raise KpiNotFound for an id that no KPI has or had."""

        def known() -> bool | None:
            with self.engine.connect() as connection:
                return queries.knows_kpi(connection, kpi_id) or None

        if self.fresh.find(known) is None:
            raise KpiNotFound(kpi_id)

    @contextmanager
    def watching(self, context: Context) -> Iterator[None]:
        """Put a damaged part that is met on the way on record; the error passes on."""
        try:
            yield
        except PartDamaged as damage:
            self.recorder.damaged(damage, context)
            raise

    def failed(self, execution_id: int, context: Context, error: Exception) -> None:
        """Put on record what broke off a reading whose answer had begun already."""
        _log.error("reading broke off", execution_id=execution_id, exc_info=error)
        if isinstance(error, PartDamaged):
            self.recorder.damaged(error, context)
