"""Entering compared runs into the ledger of breaks, in their order, each in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_results import ledger, queries
from kpi_results.index import executions, kpis
from kpi_results.ledger import ledgers
from kpi_results.rows.errors import BusyReading, RowsError
from kpi_results.shelf import is_readable, results
from kpi_results.unreadable import WORTH_READING, Unreadable

if TYPE_CHECKING:
    from kpi_results.reader import RowReader

BATCH = 10_000

Changes = Counter[bytes]
"""How many more rows of each key (as canonical JSON) there are, or fewer where negative."""

# For each KPI the run that follows on its ledger, found by index: however many runs there were.
_FOLLOWING = (
    sa.select(
        results,
        executions.c.execution_timestamp.label("executed_at"),
        executions.c.joined_columns,
    )
    .join(executions, executions.c.id == results.c.execution_id)
    .where(
        results.c.kpi_id == kpis.c.id,
        results.c.execution_id > sa.func.coalesce(ledgers.c.execution_id, 0),
        results.c.compared_at.is_not(None),
        *WORTH_READING,
        executions.c.limit_reached.is_(False),
    )
    .order_by(results.c.execution_id)
    .limit(1)
    .lateral()
)
_WAITING = (
    sa.select(_FOLLOWING, ledgers.c.key, ledgers.c.execution_id.label("entered"))
    .select_from(kpis.outerjoin(ledgers, ledgers.c.kpi_id == kpis.c.id).join(_FOLLOWING, sa.true()))
    .where(ledgers.c.closed.is_(None))
    .order_by(_FOLLOWING.c.execution_id)
    .limit(1)
)

_log = structlog.stdlib.get_logger(__name__)


class LedgerClerk:
    """Enters runs whose difference is on record, the oldest first.

    A KPI whose runs differ by more than `most` rows gets no (further) ledger: what changes that
    much is a table, not a list of things for people to see to. A run that reached its limit is
    not entered: that a row is not among the first does not mean that it is resolved. Nor is one
    that is damaged, unless it is repaired before a later one is entered.
    """

    def __init__(
        self,
        engine: sa.Engine,
        dispatch: Dispatcher,
        rows: Callable[[], RowReader],
        *,
        most: int = 100_000,
    ) -> None:
        self._engine = engine
        self._rows = rows
        self._most = most
        self._unreadable = Unreadable(dispatch)

    def next(self) -> bool:
        """Enter one run, if there is one; return whether there was. Raises BusyReading."""
        with self._engine.connect() as connection:
            run = self._waiting(connection)
        if run is None:
            return False
        try:
            self._enter(run)
        except BusyReading:
            raise  # it can be read later
        except RowsError as error:
            _log.error("not entered", execution_id=run["execution_id"], error=str(error))
            self._unreadable.add(run["execution_id"], error)
        return True

    def _waiting(self, connection: sa.Connection) -> sa.RowMapping | None:
        parameters = self._unreadable.parameters()
        return connection.execute(_WAITING, parameters).mappings().one_or_none()

    def _enter(self, run: sa.RowMapping) -> None:
        with self._engine.connect() as connection:
            previous = _run_to_read(connection, run)
            ids = [number for number in (previous, run["execution_id"]) if number is not None]
            manifests = queries.get_manifests(connection, ids)
        reader = self._rows()
        key = reader.ledger_key(run["joined_columns"], manifests)
        begins = previous is None or key != run["key"]
        expected = run["rows"] if begins else run["new"] + run["resolved"]
        if expected > self._most:
            self._close(run, key, expected)
            return
        if expected == 0 and not begins:
            self._write(run, key, Counter())
            return
        changes = _counted(reader.differing_keys(manifests[-1:] if begins else manifests, key))
        if begins:
            changes.subtract(self._on_the_ledger(run["kpi_id"]))
        self._write(run, key, changes)

    def _on_the_ledger(self, kpi_id: int) -> Changes:
        with self._engine.connect() as connection:
            return Counter(
                {ledger.canonical(row.key): row.rows for row in ledger.present(connection, kpi_id)}
            )

    def _write(self, run: sa.RowMapping, key: Sequence[str], changes: Changes) -> None:
        with self._engine.begin() as connection:
            for fewer in _pieces((name, -count) for name, count in changes.items() if count < 0):
                ledger.disappear(connection, run, fewer)
            for more in _pieces((name, count) for name, count in changes.items() if count > 0):
                ledger.appear(connection, run, more)
            ledger.turn_page(connection, run, key)

    def _close(self, run: sa.RowMapping, key: Sequence[str], rows: int) -> None:
        reason = f"run {run['execution_id']} differs by {rows:,} rows; at most {self._most:,} fit"
        with self._engine.begin() as connection:
            ledger.turn_page(connection, run, key, reason)
        _log.warning("ledger closed", kpi_id=run["kpi_id"], rows=rows)


def _run_to_read(connection: sa.Connection, run: sa.RowMapping) -> int | None:
    """Return the run on the ledger, None where the ledger has to stand for its rows.

    It does so if there were runs in between that were not entered, and if rows cannot be read.
    """
    entered: int | None = run["entered"]
    if entered is None or entered != run["previous_execution_id"]:
        return None
    return entered if is_readable(connection, entered) else None


def _counted(keys: Iterator[tuple[bytes, int]]) -> Changes:
    changes: Changes = Counter()
    for name, count in keys:
        changes[name] += count
    return changes


def _pieces(counts: Iterator[tuple[bytes, int]]) -> Iterator[dict[bytes, int]]:
    while piece := dict(islice(counts, BATCH)):
        yield piece
