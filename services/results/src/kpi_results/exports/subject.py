"""What is exported: the rows of a view in bounded pieces, read ahead while the last one is sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

import pyarrow as pa

from kpi_results.rows.columns import Columns
from kpi_results.rows.pages import read_rows
from kpi_results.rows.result import StoredResult
from kpi_results.rows.views import View

_AHEAD = 2
_SORTED_WINDOW = 262_144  # rows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class About:
    """What a readable export tells of its run."""

    kpi_name: str
    execution_id: int
    executed_at: datetime
    kpi_version: int | None = None
    generated_sql: str | None = None
    chosen: dict[str, str] = field(default_factory=dict)
    """Sort, filters and search in words, by name."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The rows to export and what is to be said about them."""

    result: StoredResult
    view: View
    about: About

    @property
    def columns(self) -> Columns:
        """Columns of the result; tables carry their physical names."""
        return self.result.columns

    @property
    def rows(self) -> int:
        """Rows the export will have."""
        return self.view.total

    def pieces(self, convert: Callable[[pa.Table], T], size: int) -> Iterator[T]:
        """Convert the view `size` rows at a time, in order, a few pieces at once and ahead.

        Whoever stops early ends the work. Raises PartDamaged.
        """
        with ThreadPoolExecutor(_AHEAD, "export") as pool:
            waiting: deque[Future[T]] = deque()
            try:
                for table in self._tables(size):
                    waiting.append(pool.submit(_converted, convert, table))
                    if len(waiting) > _AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _tables(self, size: int) -> Iterator[Callable[[], pa.Table]]:
        """Yield readers of one piece each; reading happens where they are called.

        A sorted view's rows lie all over the result, so that it costs as much to read few of them
        as many: there one reading serves many pieces.
        """
        if self.view.ascending:
            for start in range(0, self.rows, size):
                yield partial(read_rows, self.result, self.view, start, start + size)
            return
        for start in range(0, self.rows, _SORTED_WINDOW):
            window = read_rows(self.result, self.view, start, start + _SORTED_WINDOW)
            for offset in range(0, window.num_rows, size):
                yield partial(window.slice, offset, size)


def _converted(convert: Callable[[pa.Table], T], read: Callable[[], pa.Table]) -> T:
    return convert(read())
