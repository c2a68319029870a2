"""DuckDB, held to the store's parts: no other file, no network, no extension, no setting."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pyarrow as pa

from kpi_results.rows.errors import BusyReading, RowsError


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What one process may spend on heavy readings."""

    memory: str = "160MB"
    spill: str = "16GB"
    threads: int = os.cpu_count() or 1
    readings: int = 2
    streams: int = 2
    wait_seconds: float = 30.0


class Engine:
    """One DuckDB instance per process; each reading runs on a cursor of its own."""

    def __init__(self, readable: Sequence[Path], spill: Path, limits: EngineLimits | None = None):
        """`readable` are the only folders queries can read; `spill` takes what memory cannot."""
        self._limits = limits or EngineLimits()
        spill.mkdir(parents=True, exist_ok=True)
        self._readings = threading.BoundedSemaphore(self._limits.readings)
        self._streams = threading.BoundedSemaphore(self._limits.streams)
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": self._limits.memory,
                "threads": self._limits.threads,
                "temp_directory": mkdtemp(prefix="duckdb-", dir=spill),
                "max_temp_directory_size": self._limits.spill,
                "autoload_known_extensions": False,
                "autoinstall_known_extensions": False,
                "allow_community_extensions": False,
            },
        )
        self._lock(readable)

    def _lock(self, readable: Sequence[Path]) -> None:
        folders = ", ".join(_quoted(str(folder)) for folder in readable)
        for setting in (
            "TimeZone = 'UTC'",
            "enable_progress_bar = false",
            "python_enable_replacements = false",
            f"allowed_directories = [{folders}]",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            self._connection.execute(f"SET {setting}")

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Return a slot for one heavy reading. Raises BusyReading when none comes free in time."""
        with self._slot(self._readings) as reading:
            yield reading

    @contextmanager
    def streaming(self) -> Iterator[Reading]:
        """Return a slot for a reading that lasts as long as its consumer takes.

        Such readings have slots of their own: slow consumers never keep pages waiting.
        """
        with self._slot(self._streams) as reading:
            yield reading

    @contextmanager
    def _slot(self, slots: threading.BoundedSemaphore) -> Iterator[Reading]:
        if not slots.acquire(timeout=self._limits.wait_seconds):
            raise BusyReading(self._limits.wait_seconds)
        try:
            cursor = self._connection.cursor()
            try:
                yield Reading(cursor)
            finally:
                cursor.close()
        finally:
            slots.release()

    def close(self) -> None:
        """Close the instance and give back its spill space."""
        self._connection.close()


class EngineFailure(RowsError):
    """DuckDB refused or gave up (memory or spill space exhausted, mostly)."""


class Reading:
    """One cursor. Tables given to it are seen by its own queries only."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def table(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Return the whole answer. Raises EngineFailure."""
        with _failures():
            table: pa.Table = self._cursor.sql(sql, params=list(parameters)).to_arrow_table()
            return table

    def batches(
        self, sql: str, parameters: Sequence[object] = (), rows: int = 122_880
    ) -> Iterator[pa.RecordBatch]:
        """Return the answer in pieces, computed while they are taken. Raises EngineFailure."""
        with _failures():
            yield from self._cursor.sql(sql, params=list(parameters)).to_arrow_reader(rows)

    def run(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run a statement without an answer. Raises EngineFailure."""
        with _failures():
            self._cursor.execute(sql, list(parameters))

    def give(self, name: str, table: pa.Table) -> None:
        """Let queries of this reading select from `table` by `name`."""
        self._cursor.register(name, table)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        raise EngineFailure(f"reading the stored rows failed: {error}") from error


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
