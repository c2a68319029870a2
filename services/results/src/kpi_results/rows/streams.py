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
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import ipc

from kpi_contracts.execution import Manifest
from kpi_results.rows.pages import read_rows
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import StoredResult
from kpi_results.rows.sql import Statement, order_by
from kpi_results.rows.views import View

if TYPE_CHECKING:
    from kpi_results.rows.drilldown import Drilldown

_GATHERED = 65_536  # rows; a sorted view of at most as many is gathered at once

Reader = Callable[[], pa.Table]


@dataclass(frozen=True, slots=True)
class RowStream:
    """The rows of a view, ready to be read. `total` is exact before the first row is read."""

    result: StoredResult
    query: ViewQuery
    total: int
    _view: View | None
    _drilldown: Drilldown

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
        schema = self.result.schema()
        with NamedTemporaryFile(dir=self._drilldown.engine.spill) as spool:
            work = partial(spool_sorted, self.result.manifest, self.query, size, Path(spool.name))
            self._drilldown.heavy.run(work, self.result.rows)
            with pa.OSFile(spool.name, "rb") as file:
                for batch in ipc.open_stream(file):
                    yield partial(_restored, batch, schema)


def open_stream(drilldown: Drilldown, result: StoredResult, query: ViewQuery) -> RowStream:
    """Find out how many rows there are and how to read them.

    Raises PartDamaged, BusyReading or EngineFailure.
    """
    views = drilldown.views
    unsorted = views.open(result, replace(query, sort=()))
    if not query.sort:
        return RowStream(result, query, unsorted.total, unsorted, drilldown)
    gathered = views.open(result, query) if unsorted.total <= _GATHERED else None
    return RowStream(result, query, unsorted.total, gathered, drilldown)


def spool_sorted(
    manifest: Manifest, query: ViewQuery, size: int, path: Path, drilldown: Drilldown
) -> None:
    """Write a view's whole rows in their order to a file, `size` at a time."""
    result, statement = drilldown.result(manifest), Statement()
    source = statement.rows_of(result)
    where = statement.where(query, result.columns)
    names = ", ".join(column.physical for column in result.columns)
    sql = f"SELECT {names} FROM {source} WHERE {where} ORDER BY {order_by(query.sort)}"  # noqa: S608  # values are bound
    with drilldown.engine.heavy() as reading:
        drilldown.views.give_within(reading, result, query)
        _spool(path, reading.batches(sql, statement.parameters, size))


def _spool(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    """Write batches, of which there is at least one, to the file."""
    first = next(batches)
    options = ipc.IpcWriteOptions(compression="lz4")
    with (
        pa.OSFile(str(path), "wb") as file,
        ipc.new_stream(file, first.schema, options=options) as writer,
    ):
        for batch in chain([first], batches):
            writer.write_batch(batch)


def _restored(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """Give a batch the stored types back where DuckDB has others for the same values."""
    return pa.Table.from_batches([batch]).cast(schema)
