"""A folder (or one file) of CSV, Parquet and Excel files as tables of one schema."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb

from kpi_executor.sources import duckdb_engine, duckdb_file
from kpi_executor.sources.connector import Resources, ResultStream, quoted
from kpi_executor.sources.conversion import ConvertedTable, table_name, tables_of
from kpi_executor.sources.errors import SourceError
from kpi_executor.sources.source import TABLE_SUFFIXES
from kpi_executor.sources.tables import Table

MAX_FILES = 1_000


class FilesConnector(duckdb_engine.DuckDbEngine):
    """Tables over Parquet: the files themselves, or converted once and kept in the cache.

    Conversion gives every run the types that reflection saw, and reads an Excel file once.
    """

    def __init__(self, path: Path, schema: str, resources: Resources) -> None:
        self._path = path
        self._files = _files(path)
        self._states: dict[Path, tuple[int, int]] = {}
        self._schema = schema
        self._resources = resources
        self._ready: dict[str, ConvertedTable] = {}
        connection = duckdb.connect(":memory:", config=duckdb_engine.settings(resources))
        super().__init__(connection, f"the folder {path.name!r}" if path.is_dir() else path.name)

    def reflect(self) -> list[Table]:
        """Convert what is new and read all tables; row counts are exact."""
        self._open(self._files)
        try:
            return [
                Table(found.schema, found.name, found.columns, rows=self._ready[found.name].rows)
                for found in duckdb_file.reflect(self._connection)
            ]
        except duckdb.Error as error:
            raise self.classify(error) from None

    def execute(
        self, sql: str, batch_rows: int = 10_000, *, exact_types: bool = False
    ) -> ResultStream:
        """Run one SELECT over the files whose names it mentions."""
        self._open(_mentioned(self._files, sql))
        return super().execute(sql, batch_rows, exact_types=exact_types)

    def explain(self, sql: str) -> None:
        """Plan one SELECT over the files whose names it mentions."""
        self._open(_mentioned(self._files, sql))
        super().explain(sql)

    def serves(self, sql: str) -> bool:
        """Whether the folder is as it was and the query reads only files that are open."""
        try:
            files = _files(self._path)
            return all(self._states.get(file) == _state(file) for file in _mentioned(files, sql))
        except (SourceError, OSError):
            return False

    def _open(self, files: list[Path]) -> None:
        """Make the tables of these files, then lock the connection. Only the first call counts."""
        if self._ready:
            return
        self._states = {file: _state(file) for file in files}
        found = [table for file in files for table in tables_of(file, self._resources)]
        twice = [name for name, n in Counter(one.name.casefold() for one in found).items() if n > 1]
        if twice:
            raise SourceError(f"Several files give a table named {twice[0]!r}; rename one of them.")
        try:
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(self._schema)}")
            for table in found:
                self._connection.execute(
                    f"CREATE VIEW {quoted(self._schema)}.{quoted(table.name)} AS "  # noqa: S608
                    f"SELECT * FROM read_parquet({duckdb_engine.text(str(table.parquet))})"
                )
            duckdb_engine.lock(self._connection, [str(table.parquet) for table in found])
        except duckdb.Error as error:
            raise self.classify(error) from None
        self._ready = {table.name: table for table in found}


def _mentioned(files: list[Path], sql: str) -> list[Path]:
    """Files whose tables the query may read: those whose name occurs anywhere in its text."""
    lowered = sql.lower()
    return [file for file in files if quoted(table_name(file)).lower()[1:-1] in lowered]


def _state(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_mtime_ns, found.st_size


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    try:
        found = sorted(
            file
            for file in path.iterdir()
            if file.name.lower().endswith(TABLE_SUFFIXES)
            and not file.name.startswith((".", "~$"))
            and file.is_file()
        )
    except OSError as error:
        raise SourceError(
            f"The folder {path.name!r} cannot be read ({error.strerror}); check its permissions."
        ) from None
    if not found:
        raise SourceError(
            f"The folder {path.name!r} has no table files; put {', '.join(TABLE_SUFFIXES)} there."
        )
    if len(found) > MAX_FILES:
        raise SourceError(f"The folder {path.name!r} has more than {MAX_FILES:,} table files.")
    return found
