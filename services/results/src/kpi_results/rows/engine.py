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
    """What one process may spend on readings.

    DuckDB gives up rather than waits when two sorts of millions of rows want its memory at the
    same time, so heavy readings take turns; the memory suffices for one over ten million rows.
    """

    memory: str = "192MB"
    spill: str = "16GB"
    threads: int = os.cpu_count() or 1
    light: int = 4
    heavy: int = 1
    wait_seconds: float = 30.0


class Engine:
    """One DuckDB instance per process; each reading runs on a cursor of its own."""

    def __init__(self, readable: Sequence[Path], spill: Path, limits: EngineLimits | None = None):
        """`readable` are the only folders queries can read; `spill` takes what memory cannot."""
        self._limits = limits or EngineLimits()
        spill.mkdir(parents=True, exist_ok=True)
        self.spill = spill
        self._light = threading.BoundedSemaphore(self._limits.light)
        self._heavy = threading.BoundedSemaphore(self._limits.heavy)
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
