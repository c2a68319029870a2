"""Views: which rows, in which order. Computed once, kept, then read like the stored rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import structlog

from kpi_contracts.execution import Manifest
from kpi_results.rows.engine import Engine, EngineFailure, Reading
from kpi_results.rows.errors import RowsError, RowSetGone
from kpi_results.rows.gather import is_ascending
from kpi_results.rows.heavy import HeavyReadings
from kpi_results.rows.order_files import OrderFile, OrderFiles
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import RowNumbers, StoredResult
from kpi_results.rows.sql import ROW, WITHIN, Statement, order_by
from kpi_results.rows.top import first_rows

if TYPE_CHECKING:
    from kpi_results.rows.drilldown import Drilldown

HEAD_ROWS = 2_000
COMPLETE_AFTER = 0.5  # seconds in which the first page goes out before its order is completed

_log = structlog.get_logger(__name__)


class View(Protocol):
    """The rows of a view by their place in it."""

    @property
    def total(self) -> int:
        """Rows in the view, exactly."""

    @property
    def ascending(self) -> bool:
        """Whether the rows come in stored order."""

    def rows(self, start: int, stop: int) -> RowNumbers | range:
        """Row numbers at places start ≤ p < stop; a range where they follow each other."""


class PlainView:
    """The stored rows as they are."""

    ascending = True

    def __init__(self, total: int) -> None:
        self.total = total

    def rows(self, start: int, stop: int) -> range:
        """Row numbers are places here."""
        return range(min(start, self.total), min(stop, self.total))


class KeptView:
    """A view whose row order lies on disk."""

    def __init__(self, order: OrderFile, *, ascending: bool) -> None:
        self._order = order
        self.ascending = ascending
        self.total = order.count

    def rows(self, start: int, stop: int) -> RowNumbers:
        """Read the row numbers at these places."""
        return self._order.rows(start, stop)


class HeadView:
    """The beginning of a sorted view whose full order is still being computed."""

    ascending = False

    def __init__(self, total: int, head: RowNumbers) -> None:
        self.total = total
        self._head = head

    def rows(self, start: int, stop: int) -> RowNumbers:
        """Row numbers at these places, which must lie within the head."""
        if min(stop, self.total) > len(self._head):
            raise ValueError(f"the head ends at {len(self._head)}, asked for {stop}")
        return self._head[start:stop]


class Views:
    """Opens views. One instance serves all threads; its folder serves all processes."""

    def __init__(
        self, engine: Engine, heavy: HeavyReadings, folder: Path, *, limit: int = 4 << 30
    ) -> None:
        """`folder` keeps row orders of at most `limit` bytes in all."""
        self._engine = engine
        self._heavy = heavy
        self.orders = OrderFiles(folder, limit, engine.spill)
        self._completing: set[str] = set()
        self._closing = threading.Event()
        self._completing_lock = threading.Lock()
        self._background = ThreadPoolExecutor(1, "complete-view")

    def open(self, result: StoredResult, query: ViewQuery, *, reach: int | None = None) -> View:
        """Return the view of these rows. `reach` promises that no place from there on is asked for.

        Near the beginning of a sorted result only the first rows are found, and the whole order
        is completed in the background. Raises PartDamaged, BusyReading or EngineFailure.
        """
        if query.is_plain or result.rows == 0:
            return PlainView(result.rows)
        digest = query.digest(result.fingerprint)
        if query.within is not None and query == ViewQuery(within=query.within):
            return KeptView(self.kept_set(result, query.within), ascending=True)
        kept = self.orders.find(digest, result.row_type)
        if kept is not None:
            result.verify()  # the rows behind the order may have been damaged since
            return KeptView(kept, ascending=not query.sort)
        if query.selects_all and reach is not None and reach <= min(HEAD_ROWS, result.rows):
            return self._open_head(result, query, reach, digest)
        order = self._complete(result, query, digest)
        return KeptView(order, ascending=not query.sort)

    def give_within(self, reading: Reading, result: StoredResult, query: ViewQuery) -> None:
        """Let a reading see the set of rows the view is limited to, if there is one."""
        if query.within is not None:
            rows = self.kept_set(result, query.within)
            reading.give(WITHIN, pa.table({ROW: rows.rows(0, rows.count)}))

    def kept_set(self, result: StoredResult, name: str) -> OrderFile:
        """Return a kept set of row numbers. Raises RowSetGone."""
        found = self.orders.find(name, result.row_type)
        if found is None:
            raise RowSetGone(name)
        return found

    def close(self) -> None:
        """Wait for an order being completed and let the threads go."""
        self._closing.set()
        self._background.shutdown(cancel_futures=True)

    def _open_head(
        self, result: StoredResult, query: ViewQuery, reach: int, digest: str
    ) -> HeadView:
        with self._engine.light() as reading:
            head = first_rows(result, query.sort, reach, reading)
        with self._completing_lock:
            if digest not in self._completing and not self._closing.is_set():
                self._completing.add(digest)
                self._background.submit(self._complete_quietly, result, query, digest)
        return HeadView(result.rows, head)

    def _complete_quietly(self, result: StoredResult, query: ViewQuery, digest: str) -> None:
        try:
            if not self._closing.wait(COMPLETE_AFTER):
                self._complete(result, query, digest)
        except RowsError as error:  # whoever asks for a later page meets it again, in person
            _log.warning("view_not_completed", reason=str(error))
        finally:
            with self._completing_lock:
                self._completing.discard(digest)

    def _complete(self, result: StoredResult, query: ViewQuery, digest: str) -> OrderFile:
        return self.orders.find_or_make(
            digest, result.row_type, lambda: self._make(result, query, digest)
        )

    def _make(self, result: StoredResult, query: ViewQuery, digest: str) -> None:
        if _is_heavy(query):
            self._heavy.run(partial(_make_order, result.manifest, query, digest), result.rows)
        else:
            self.make(result, query, digest)

    def make(self, result: StoredResult, query: ViewQuery, digest: str) -> None:
        """Compute an order in this process and keep it."""
        self.orders.make(digest, result.row_type, self._compute(result, query))

    def _compute(self, result: StoredResult, query: ViewQuery) -> Iterator[pa.RecordBatch]:
        """Only the columns of the filter, the search and the sort are read."""
        statement = Statement()
        source = statement.rows_of(result)
        where = statement.where(query, result.columns)
        order = f" ORDER BY {order_by(query.sort)}" if query.sort else ""
        sql = f"SELECT {ROW} FROM {source} WHERE {where}{order}"  # noqa: S608  # values are bound
        slot = self._engine.heavy() if _is_heavy(query) else self._engine.light()
        with slot as reading:
            self.give_within(reading, result, query)
            batches = reading.batches(sql, statement.parameters)
            yield from batches if query.sort else _in_stored_order(batches)


def _make_order(manifest: Manifest, query: ViewQuery, digest: str, drilldown: Drilldown) -> None:
    drilldown.views.make(drilldown.result(manifest), query, digest)


def _is_heavy(query: ViewQuery) -> bool:
    """Whether a view takes memory for every row: sorting does, and looking rows up in a set."""
    return bool(query.sort) or query.within is not None


def _in_stored_order(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Pass batches on. DuckDB keeps the files' order unasked; make sure that it did."""
    last = -1
    for batch in batches:
        rows = batch.column(0)
        if len(rows) and (rows[0].as_py() <= last or not is_ascending(rows)):
            raise EngineFailure("the stored rows were not read in their order")
        last = rows[-1].as_py() if len(rows) else last
        yield batch
