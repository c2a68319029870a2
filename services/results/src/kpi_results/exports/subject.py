"""What is exported: the rows of a view, converted a few pieces ahead of what is being sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import pyarrow as pa

from kpi_results.rows.columns import Columns
from kpi_results.rows.streams import RowStream

_AHEAD = 2

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

    stream: RowStream
    about: About

    @property
    def columns(self) -> Columns:
        """Columns of the result; tables carry their physical names."""
        return self.stream.result.columns

    @property
    def schema(self) -> pa.Schema:
        """Physical names and stored types."""
        return self.stream.result.schema()

    @property
    def rows(self) -> int:
        """Rows of the view."""
        return self.stream.total

    def pieces(self, convert: Callable[[pa.Table], T], size: int) -> Iterator[T]:
        """Convert the view `size` rows at a time, in order, a few pieces at once and ahead.

        Whoever stops early ends the work. Raises PartDamaged, BusyReading or EngineFailure.
        """
        waiting: deque[Future[T]] = deque()
        with (
            ThreadPoolExecutor(_AHEAD, "export") as pool,
            closing(self.stream.readers(size)) as readers,
        ):
            try:
                for read in readers:
                    waiting.append(pool.submit(_converted, convert, read))
                    if len(waiting) > _AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)


def _converted(convert: Callable[[pa.Table], T], read: Callable[[], pa.Table]) -> T:
    return convert(read())
