"""What every connector can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import pyarrow as pa

from kpi_executor.sources.errors import SourceError
from kpi_executor.sources.tables import Table


@dataclass(frozen=True, slots=True)
class Resources:
    """What one connection may use.

    ``cache`` keeps converted files between runs, ``scratch`` spills of this run; ``memory_bytes``
    bounds the engines that run inside the process; ``timeout_seconds`` is given to servers.
    """

    cache: Path
    scratch: Path
    memory_bytes: int = 1 << 30
    threads: int = 1
    timeout_seconds: float = 300.0
    connect_timeout_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class ResultStream:
    """A running query: the columns' display names and its rows.

    The batches' columns are named c0, c1, … and all batches have ``schema``.
    """

    names: tuple[str, ...]
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


class Connector(Protocol):
    """One connection to a source; used by one thread, cancelled from any.

    Methods raise `SourceError` (and ``MemoryError``), never a driver's error.
    """

    @property
    def dialect(self) -> str:
        """Name of the SQL dialect as the guard knows it."""
        ...

    def reflect(self) -> list[Table]:
        """Read tables, columns and keys, without looking at rows."""
        ...

    def execute(
        self, sql: str, batch_rows: int = 10_000, *, exact_types: bool = False
    ) -> ResultStream:
        """Run one guarded SELECT and stream its rows in batches of about ``batch_rows``.

        ``exact_types`` looks at all rows before it fixes the columns' types; it is asked for after
        `ColumnTypesVary`.
        """
        ...

    def explain(self, sql: str) -> None:
        """Let the source plan one guarded SELECT without running it.

        Raises `SourceError` where it refuses the query; the message says what is wrong with it.
        """
        ...

    def serves(self, sql: str) -> bool:
        """Whether this connection, which is idle, runs the query just as a new one would.

        False where an open connection hinders others (a file's lock) or costs nothing to make.
        """
        ...

    def classify(self, error: Exception) -> SourceError:
        """Say of a driver's error what to do, and whether the same may work later."""
        ...

    def cancel(self) -> None:
        """Stop the running query natively; may be called from any thread, at any time."""
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


def physical_schema(types: list[pa.DataType]) -> pa.Schema:
    """Columns c0 … cn of the given types."""
    return pa.schema([(f"c{position}", kind) for position, kind in enumerate(types)])


def rows_for_width(batch_rows: int, columns: int) -> int:
    """Fewer rows at a time for very wide results, so that a batch stays a few megabytes."""
    return max(1, min(batch_rows, 2_000_000 // max(1, columns)))


def quoted(name: str) -> str:
    """Return an identifier in standard SQL quotes."""
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str | None, name: str) -> str:
    """Return the name of a table, with its schema where it has one, in standard SQL quotes."""
    return f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)


def fetch(connector: Connector, sql: str, *, exact_types: bool = False) -> list[pa.Array[Any]]:
    """Run one SELECT of few rows and return its columns. Raises `SourceError`."""
    stream = connector.execute(sql, exact_types=exact_types)
    read = pa.Table.from_batches(list(stream.batches), schema=stream.schema)
    return [column.combine_chunks() for column in read.columns]
