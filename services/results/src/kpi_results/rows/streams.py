"""All rows of a view in pieces, however many there are: what exports and other consumers read.

In stored order, pieces are decoded independently of each other. A sorted view of many rows lies
all over the result, so it is sorted again, whole rows this time: one pass instead of one per piece.
Both orders are the same, since the row number breaks every tie. The sorted rows go to a temporary
file first, so that a slow consumer never holds the memory that others sort in.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from io import IOBase
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, cast

import pyarrow as pa
from pyarrow import ipc

from kpi_results.rows.engine import Engine
from kpi_results.rows.pages import read_rows
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import StoredResult
from kpi_results.rows.sql import Statement, order_by
from kpi_results.rows.views import View, Views

_GATHERED = 65_536  # rows; a sorted view of at most as many is gathered at once

Reader = Callable[[], pa.Table]


@dataclass(frozen=True, slots=True)
class RowStream:
    """The rows of a view, ready to be read. `total` is exact before the first row is read."""

    result: StoredResult
    query: ViewQuery
    total: int
    _view: View | None
    _views: Views
    _engine: Engine

    def readers(self, size: int) -> Generator[Reader, None, None]:
        """Yield readers of at most `size` rows each, in order; they may run concurrently.

        Tables have physical column names and the stored types. Whoever stops early, or closes the
        iterator, ends the work. Raises PartDamaged, BusyReading or EngineFailure.
        """
        if self._view is None:
            yield from self._sorted(size)
        elif self._view.ascending:
            for start in range(0, self.total, size):
                yield partial(read_rows, self.result, self._view, start, start + size)
        else:
            table = read_rows(self.result, self._view, 0, self.total)
            for start in range(0, self.total, size):
                yield partial(table.slice, start, size)

    def _sorted(self, size: int) -> Iterator[Reader]:
        statement, schema = Statement(), self.result.schema()
        source = statement.rows_of(self.result)
        where = statement.where(self.query, self.result.columns)
        names = ", ".join(column.physical for column in self.result.columns)
        sql = f"SELECT {names} FROM {source} WHERE {where} ORDER BY {order_by(self.query.sort)}"  # noqa: S608  # values are bound
        with TemporaryFile(dir=self._engine.spill) as spool:
            with self._engine.heavy() as reading:
                self._views.give_within(reading, self.result, self.query)
                _spool(spool, reading.batches(sql, statement.parameters, size))
            spool.seek(0)
            for batch in ipc.open_stream(spool):
                yield partial(_restored, batch, schema)


def open_stream(views: Views, engine: Engine, result: StoredResult, query: ViewQuery) -> RowStream:
    """Find out how many rows there are and how to read them.

    Raises PartDamaged, BusyReading or EngineFailure.
    """
    unsorted = views.open(result, replace(query, sort=()))
    if not query.sort:
        return RowStream(result, query, unsorted.total, unsorted, views, engine)
    gathered = views.open(result, query) if unsorted.total <= _GATHERED else None
    return RowStream(result, query, unsorted.total, gathered, views, engine)


def _spool(spool: IO[bytes], batches: Iterator[pa.RecordBatch]) -> None:
    """Write batches, of which there is at least one, to the file."""
    first = next(batches)
    options = ipc.IpcWriteOptions(compression="lz4")
    with ipc.new_stream(cast("IOBase", spool), first.schema, options=options) as writer:
        for batch in chain([first], batches):
            writer.write_batch(batch)


def _restored(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """Give a batch the stored types back where DuckDB has others for the same values."""
    return pa.Table.from_batches([batch]).cast(schema)
