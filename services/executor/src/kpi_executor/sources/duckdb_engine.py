"""DuckDB as an engine: locked settings, streaming to Arrow, messages of its errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Self

import duckdb
import pyarrow as pa

from kpi_executor.sources.connector import (
    Resources,
    ResultStream,
    physical_schema,
    rows_for_width,
)
from kpi_executor.sources.errors import ColumnTypesVary, SourceError, first_line

# Types that Arrow, Parquet and a browser all understand; any other is shown as text.
_PLAIN_TYPES = frozenset(
    (
        "boolean",
        "tinyint",
        "smallint",
        "integer",
        "bigint",
        "utinyint",
        "usmallint",
        "uinteger",
        "ubigint",
        "float",
        "double",
        "decimal",
        "varchar",
        "blob",
        "date",
        "time",
        "timestamp",
        "timestamp_s",
        "timestamp_ms",
        "timestamp_ns",
        "timestamp with time zone",
    )
)
_SUMS = frozenset(("hugeint", "uhugeint"))
_LARGEST = 10**38 - 1
_TOO_WIDE = "DECIMAL(38,0)"


def settings(resources: Resources) -> dict[str, str | bool | int | float | list[str]]:
    """Return the settings given when a database is opened."""
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "memory_limit": f"{resources.memory_bytes // 1_000_000}MB",
        "threads": resources.threads,
        "temp_directory": str(resources.scratch),
        "max_temp_directory_size": "20GB",
    }


def lock(connection: duckdb.DuckDBPyConnection, allowed_paths: list[str]) -> None:
    """Leave the connection no file but ``allowed_paths`` and no way to change a setting."""
    if allowed_paths:
        listed = ", ".join(text(path) for path in allowed_paths)
        connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def open_failed(error: Exception, what: str) -> SourceError:
    """Say why a database could not be opened."""
    line = first_line(error)
    if "Could not set lock" in line:
        return SourceError(
            f"{what} is being written by another process; try again later.", transient=True
        )
    if "not a valid DuckDB" in line or "Serialization" in line:
        return SourceError(f"{what} is no DuckDB database of a version known here ({line}).")
    return SourceError(f"{what} cannot be opened: {line}")


def text(value: str) -> str:
    """Return a string literal."""
    return "'" + value.replace("'", "''") + "'"


class DuckDbEngine:
    """The part of a connector that is the same for DuckDB files and folders of files."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, what: str) -> None:
        self._connection = connection
        self._what = what

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def execute(
        self, sql: str, batch_rows: int = 10_000, *, exact_types: bool = False
    ) -> ResultStream:
        """Run one SELECT. DuckDB knows its types beforehand, but for integers of 128 bits.

        Those become decimals, or with ``exact_types`` texts where one has more than 38 digits.
        """
        sums = False
        try:
            relation = self._connection.sql(sql)
            names = tuple(relation.columns)
            kinds = [str(kind).lower() for kind in relation.types]
            sums = not exact_types and not _SUMS.isdisjoint(kinds)
            if exact_types:
                kinds = self._told(sql, kinds)
            casts = [_cast(f"c{position}", kind) for position, kind in enumerate(kinds)]
            if any(casts):
                relation = self._connection.sql(_wrapped(sql, casts))
            reader = relation.to_arrow_reader(rows_for_width(batch_rows, len(names)))
        except (duckdb.Error, pa.ArrowException) as error:
            raise self._raised(error, sums=sums) from None
        schema = physical_schema([_storable(kind) for kind in reader.schema.types])
        return ResultStream(names, schema, self._batches(reader, schema, sums=sums))

    def explain(self, sql: str) -> None:
        """Bind and plan one SELECT."""
        try:
            self._connection.execute(f"EXPLAIN {sql}")
        except duckdb.Error as error:
            raise self._raised(error, sums=False) from None

    def cancel(self) -> None:
        """Interrupt the running query at its next vector of rows."""
        with suppress(duckdb.Error):
            self._connection.interrupt()

    def close(self) -> None:
        """Close the database."""
        with suppress(duckdb.Error):
            self._connection.close()

    def classify(self, error: Exception) -> SourceError:
        """Only a file that changes while it is read may be whole later."""
        if isinstance(error, duckdb.InterruptException):
            return SourceError("The query was cancelled.")
        if isinstance(error, duckdb.PermissionException):
            return SourceError(f"The query may read nothing but {self._what}.")
        return SourceError(
            f"The query failed on {self._what}: {first_line(error)}",
            transient=isinstance(error, duckdb.IOException),
        )

    def _raised(self, error: Exception, *, sums: bool) -> Exception:
        if isinstance(error, duckdb.OutOfMemoryException):
            return MemoryError(first_line(error))
        if sums and _TOO_WIDE in str(error):
            return ColumnTypesVary("A column holds integers of more than 38 digits.")
        return self.classify(error)

    def _told(self, sql: str, kinds: list[str]) -> list[str]:
        """Replace the type of those columns of sums that no decimal holds by one shown as text."""
        sums = [position for position, kind in enumerate(kinds) if kind in _SUMS]
        if not sums:
            return kinds
        columns = ", ".join(f"c{position}" for position in range(len(kinds)))
        wide = (f"bool_or(c{position} NOT BETWEEN {-_LARGEST} AND {_LARGEST})" for position in sums)
        query = f"SELECT {', '.join(wide)} FROM ({sql}) AS q({columns})"  # noqa: S608 - guarded
        (told,) = self._connection.sql(query).fetchall()
        texts = {position for position, beyond in zip(sums, told, strict=True) if beyond}
        return ["bignum" if position in texts else kind for position, kind in enumerate(kinds)]

    def _batches(
        self, reader: pa.RecordBatchReader, schema: pa.Schema, *, sums: bool
    ) -> Iterator[pa.RecordBatch]:
        try:
            for batch in reader:
                arrays = [
                    array if array.type == kind else array.cast(kind)
                    for array, kind in zip(batch.columns, schema.types, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise self._raised(_unwrapped(error), sums=sums) from None


def _cast(column: str, kind: str) -> str | None:
    """Cast that makes a column of this type plain; None if it is so already."""
    family = kind.partition("(")[0] if "[" not in kind else "list"
    if family in _PLAIN_TYPES:
        return None
    if family in _SUMS:
        # Fails, instead of rounding, above 38 digits.
        return f"CAST({column} AS DECIMAL(38, 0))"
    return f"CAST({column} AS VARCHAR)"


def _wrapped(sql: str, casts: list[str | None]) -> str:
    columns = [f"c{position}" for position in range(len(casts))]
    selected = ", ".join(cast or name for cast, name in zip(casts, columns, strict=True))
    return f"SELECT {selected} FROM ({sql}) AS q({', '.join(columns)})"  # noqa: S608 - guarded


def _storable(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return pa.timestamp(kind.unit, tz="UTC")
    return kind


def _unwrapped(error: Exception) -> Exception:
    """DuckDB's errors reach a running Arrow reader as texts of OSError."""
    message = str(error)
    if "Out of Memory" in message:
        return duckdb.OutOfMemoryException(message)
    if "INTERRUPT" in message.upper():
        return duckdb.InterruptException(message)
    return error
