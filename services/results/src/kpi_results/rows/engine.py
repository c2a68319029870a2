"""DuckDB, held to the store's parts: no other file, no network, no extension, no setting."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from kpi_results.rows.errors import BusyReading, RowsError
from kpi_results.rows.spill import SpillFolder


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What one process may spend on readings.

    DuckDB gives up rather than waits when two sorts of millions of rows want its memory at the
    same time, so heavy readings take turns. Those of at least `aside_rows` rows (None: no number
    is so large) run in processes of their own, with `aside_memory` each.
    """

    memory: str = "96MB"
    aside_memory: str = "512MB"
    aside_rows: int | None = 250_000
    spill: str = "16GB"
    threads: int = os.cpu_count() or 1
    light: int = 4
    heavy: int = 1
    wait_seconds: float = 30.0

    def aside(self) -> EngineLimits:
        """Return the limits of a process that does a single heavy reading."""
        return replace(self, memory=self.aside_memory, aside_rows=None)


class Engine:
    """One DuckDB instance per process; each reading runs on a cursor of its own."""

    def __init__(self, readable: Sequence[Path], spill: Path, limits: EngineLimits | None = None):
        """`readable` are the only folders queries can read; `spill` takes what memory cannot."""
        self._limits = limits or EngineLimits()
        self._spill = SpillFolder(spill)
        self._light = threading.BoundedSemaphore(self._limits.light)
        self._heavy = threading.BoundedSemaphore(self._limits.heavy)
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": self._limits.memory,
                "threads": self._limits.threads,
                "temp_directory": str(self.spill / "duckdb"),
                "max_temp_directory_size": self._limits.spill,
                "autoload_known_extensions": False,
                "autoinstall_known_extensions": False,
                "allow_community_extensions": False,
            },
        )
        self._lock(readable)

    @property
    def spill(self) -> Path:
        """Folder of this process for what memory cannot hold."""
        return self._spill.path

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
    def light(self) -> Iterator[Reading]:
        """Take a slot for a reading that needs little memory: scans, and the top of a sort.

        Raises BusyReading when no slot comes free in time, as the others do.
        """
        with self._slot(self._light) as reading:
            yield reading

    @contextmanager
    def heavy(self) -> Iterator[Reading]:
        """Take a slot for a reading that fills the memory: whole sorts and joins."""
        with self._slot(self._heavy) as reading:
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
        self._spill.close()


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
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise EngineFailure(f"reading the stored rows failed: {error}") from error


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
