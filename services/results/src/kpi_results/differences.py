"""The difference of each run to the KPI's run before it, recorded once so that history shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from kpi_contracts.execution import Manifest
from kpi_contracts.result import ResultCompared
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_results import queries
from kpi_results.commands import RecordDifference
from kpi_results.comparison.errors import NotComparable
from kpi_results.index import executions
from kpi_results.rows.errors import BusyReading, RowsError
from kpi_results.shelf import READABLE, results
from kpi_results.taking_in import SERVICE
from kpi_results.unreadable import WORTH_READING, Unreadable
from kpi_results.wish import Question, Wish

if TYPE_CHECKING:
    from kpi_results.reader import RowReader

# Statements of every run, built once: building one takes as long as executing it.
_EXECUTION = sa.bindparam("execution", type_=sa.BigInteger)
# Whole results: that a row is not among the first of a run says nothing of whether it is there.
_WHOLE = (
    sa.select(results)
    .join(executions, executions.c.id == results.c.execution_id)
    .where(executions.c.limit_reached.is_(False))
)
_WAITING = (
    _WHOLE.where(
        results.c.compared_at.is_(None),
        results.c.kpi_id.is_not(None),
        *WORTH_READING,
    )
    .order_by(results.c.execution_id)
    .limit(1)
)
_BEFORE = (
    _WHOLE.where(
        results.c.kpi_id == sa.bindparam("kpi"), results.c.execution_id < _EXECUTION, *READABLE
    )
    .order_by(results.c.execution_id.desc())
    .limit(1)
)
_JOINED = sa.select(executions.c.joined_columns).where(executions.c.id == _EXECUTION)

_log = structlog.stdlib.get_logger(__name__)


class Differences:
    """Compares results that nobody has compared yet, the oldest first.

    A run that reached its limit is neither compared nor compared with. The row engine is loaded
    when there are two runs to compare.
    """

    def __init__(
        self, engine: sa.Engine, dispatch: Dispatcher, rows: Callable[[], RowReader]
    ) -> None:
        self._engine = engine
        self._dispatch = dispatch
        self._rows = rows
        self._unreadable = Unreadable(dispatch)

    def next(self) -> bool:
        """Compare one result, if there is one; return whether there was. Raises BusyReading."""
        with self._engine.connect() as connection:
            result = self._waiting(connection)
            previous = None if result is None else _run_before(connection, result)
        if result is None:
            return False
        try:
            outcome = self._compared(result, previous)
        except BusyReading:
            raise  # it can be read later
        except RowsError as error:
            _log.error("not compared", execution_id=result["execution_id"], error=str(error))
            self._unreadable.add(result["execution_id"], error)
        else:
            self._dispatch(RecordDifference(outcome), Context.by(SERVICE))
        return True

    def _waiting(self, connection: sa.Connection) -> sa.RowMapping | None:
        parameters = self._unreadable.parameters()
        return connection.execute(_WAITING, parameters).mappings().one_or_none()

    def _compared(self, result: sa.RowMapping, previous: sa.RowMapping | None) -> ResultCompared:
        identity = {"execution_id": result["execution_id"], "kpi_id": result["kpi_id"]}
        if previous is None:
            counts = {"new": result["rows"], "resolved": 0, "persisting": 0, "changed": 0}
            return ResultCompared(**identity, **counts, key=(), previous_execution_id=None)
        key, counts = self._count(result, previous)
        return ResultCompared(
            **identity, **counts, key=tuple(key), previous_execution_id=previous["execution_id"]
        )

    def _count(
        self, result: sa.RowMapping, previous: sa.RowMapping
    ) -> tuple[list[str], dict[str, int]]:
        with self._engine.connect() as connection:
            ids = [previous["execution_id"], result["execution_id"]]
            manifests = queries.get_manifests(connection, ids)
            joined = connection.execute(_JOINED, {"execution": ids[-1]}).scalar_one()
        reader = self._rows()
        key = reader.natural_key(joined, manifests)
        if _same_bytes(*manifests):
            return key, {"new": 0, "resolved": 0, "persisting": result["rows"], "changed": 0}
        question = Question(key=key, classes=(), wish=Wish(), page=1, page_size=1)
        try:
            found = reader.compare(manifests, question).comparison
        except NotComparable:  # no column in common: nothing of the old rows is left
            return [], {
                "new": result["rows"],
                "resolved": previous["rows"],
                "persisting": 0,
                "changed": 0,
            }
        return key, {
            "new": found.new,
            "resolved": found.resolved,
            "persisting": found.persisting,
            "changed": found.changed,
        }


def _same_bytes(previous: Manifest, result: Manifest) -> bool:
    """Whether two results are the same files, which needs no comparison of rows."""
    before, after = ([part.sha256 for part in each.parts] for each in (previous, result))
    return before == after and previous.columns == result.columns


def _run_before(connection: sa.Connection, result: sa.RowMapping) -> sa.RowMapping | None:
    of_kpi = {"kpi": result["kpi_id"], "execution": result["execution_id"]}
    return connection.execute(_BEFORE, of_kpi).mappings().one_or_none()
