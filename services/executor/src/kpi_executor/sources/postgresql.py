"""PostgreSQL: reflection and description by psycopg, rows by ADBC (COPY in binary, to Arrow in C).

The two share no state: the first connection asks what the query returns, the second streams it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from itertools import chain
from typing import Self

import adbc_driver_postgresql.dbapi as adbc
import psycopg
import pyarrow as pa
from adbc_driver_manager import Error as AdbcError
from psycopg.conninfo import make_conninfo
from psycopg.pq import ExecStatus

from kpi_executor.sources import postgres_errors, postgres_reflection
from kpi_executor.sources.connector import Resources, ResultStream, physical_schema
from kpi_executor.sources.errors import SourceError
from kpi_executor.sources.postgres_types import (
    Field,
    fitting,
    guessed,
    measured,
    selected,
    stored,
    stored_type,
)
from kpi_executor.sources.tables import Table

_BATCH_BYTES = 4 << 20
_BATCH_BYTES_OPTION = "adbc.postgresql.batch_size_hint_bytes"
_TIMEOUTS_SINCE = 140_000

DriverError = (AdbcError, psycopg.Error, pa.ArrowException, OSError)


class PostgresConnector:
    """Read-only access to one PostgreSQL database."""

    dialect = "postgresql"

    def __init__(
        self, parameters: Mapping[str, str], schema: str | None, resources: Resources
    ) -> None:
        self._conninfo = make_conninfo("", **parameters)
        self._schema = schema
        self._timeout_milliseconds = max(1, round(resources.timeout_seconds * 1000))
        self._streaming: adbc.Connection | None = None
        try:
            self._connection = psycopg.connect(self._conninfo, autocommit=True)
            for statement in self._session(self._connection.info.server_version):
                self._connection.execute(statement)
        except psycopg.Error as error:
            raise self.classify(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def reflect(self) -> list[Table]:
        """Read the tables and views the user may select from; row counts are estimates."""
        try:
            return postgres_reflection.reflect(self._connection, self._schema)
        except psycopg.Error as error:
            raise self.classify(error) from None

    def execute(
        self, sql: str, batch_rows: int = 10_000, *, exact_types: bool = False
    ) -> ResultStream:
        """Run one SELECT. Batches are a few megabytes whatever ``batch_rows`` says.

        Without ``exact_types`` the first batch tells the type of numbers that declare none.
        """
        del batch_rows
        try:
            fields = self._describe(sql)
            decimals = self._measured(sql, fields) if exact_types else {}
            guesses = not exact_types and bool(_open(fields))
            cursor, reader, first = self._stream(_wrapped(sql, fields, decimals), look=guesses)
        except DriverError as error:
            raise self.classify(error) from None
        if guesses:
            decimals = {position: _guess(first, position) for position in _open(fields)}
            if None in decimals.values():
                cursor.close()
                return self.execute(sql, exact_types=True)
        schema = physical_schema(
            [
                stored_type(field, kind, decimals.get(position))
                for position, (field, kind) in enumerate(
                    zip(fields, reader.schema.types, strict=True)
                )
            ]
        )
        batches = reader if first is None else chain((first,), reader)
        return ResultStream(
            tuple(field.name for field in fields),
            schema,
            self._batches(cursor, batches, schema, fields),
        )

    def explain(self, sql: str) -> None:
        """Let the server plan one SELECT."""
        try:
            self._connection.execute(f"EXPLAIN {sql}".encode())
        except psycopg.Error as error:
            raise self.classify(error) from None

    def serves(self, sql: str) -> bool:
        """Whether the server still answers on both connections."""
        del sql
        try:
            self._connection.execute("SELECT 1")
            if self._streaming is not None:
                with closing(self._streaming.cursor()) as cursor:
                    cursor.execute("SELECT 1")
        except DriverError:
            return False
        return True

    def cancel(self) -> None:
        """Ask the server to stop; it answers through the running call."""
        if self._streaming is not None:
            with suppress(AdbcError):
                self._streaming.adbc_cancel()
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=0.5)

    def close(self) -> None:
        """Close both connections."""
        streaming, self._streaming = self._streaming, None
        if streaming is not None:
            with suppress(AdbcError, RuntimeError):
                streaming.close()
        self._connection.close()

    def classify(self, error: Exception) -> SourceError:
        """Say what to do about an error of either driver."""
        return postgres_errors.classify(error)

    def _session(self, server_version: int) -> list[str]:
        settings = [
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            f"SET statement_timeout = {self._timeout_milliseconds}",
            "SET lock_timeout = '10s'",
            "SET idle_in_transaction_session_timeout = '60s'",
            "SET timezone = 'UTC'",
            "SET standard_conforming_strings = on",
            # What is measured and then read are the same first rows.
            "SET synchronize_seqscans = off",
        ]
        if server_version >= _TIMEOUTS_SINCE:
            # The server itself ends the query of a process that was killed.
            settings.append("SET client_connection_check_interval = '1s'")
            # A connection kept for the next query does not stay for ever.
            settings.append("SET idle_session_timeout = '5min'")
        return settings

    def _describe(self, sql: str) -> list[Field]:
        raw = self._connection.pgconn
        prepared = raw.prepare(b"", sql.encode())
        if prepared.status != ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(prepared)
        result = raw.describe_prepared(b"")
        return [
            Field((result.fname(i) or b"").decode(), result.ftype(i), result.fmod(i))
            for i in range(result.nfields)
        ]

    def _measured(self, sql: str, fields: list[Field]) -> dict[int, pa.DataType | None]:
        """Ask all rows for the types of the open columns; None for one that must be text."""
        if not (positions := _open(fields)):
            return {}
        wanted = ", ".join(measured(position) for position in positions)
        columns = ", ".join(f"c{position}" for position in range(len(fields)))
        query = f"SELECT {wanted} FROM ({sql}) AS q({columns})"  # noqa: S608 - guarded
        told = self._connection.execute(query.encode()).fetchone() or ()
        each = (told[start : start + 3] for start in range(0, len(told), 3))
        return {
            position: fitting(scale, digits, numbers=numbers)
            for position, (scale, digits, numbers) in zip(positions, each, strict=True)
        }

    def _stream(
        self, sql: str, *, look: bool
    ) -> tuple[adbc.Cursor, pa.RecordBatchReader, pa.RecordBatch | None]:
        """Begin to read, with the first batch, if there is one, where a `look` is wanted."""
        # A transaction block is not needed: one COPY is one statement.
        if self._streaming is None:
            self._streaming = adbc.connect(self._conninfo, autocommit=True)
            with closing(self._streaming.cursor()) as settings:
                for statement in self._session(self._connection.info.server_version):
                    settings.execute(statement)
        cursor = self._streaming.cursor(adbc_stmt_kwargs={_BATCH_BYTES_OPTION: str(_BATCH_BYTES)})
        try:
            cursor.execute(sql)
            reader = cursor.fetch_record_batch()
            return cursor, reader, next(iter(reader), None) if look else None
        except BaseException:
            cursor.close()
            raise

    def _batches(
        self,
        cursor: adbc.Cursor,
        batches: Iterable[pa.RecordBatch],
        schema: pa.Schema,
        fields: list[Field],
    ) -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                yield pa.RecordBatch.from_arrays(
                    [
                        stored(array, kind, field.name, varies=field.is_open)
                        for array, kind, field in zip(
                            batch.columns, schema.types, fields, strict=True
                        )
                    ],
                    schema=schema,
                )
        except DriverError as error:
            raise self.classify(error) from None
        finally:
            with suppress(AdbcError, pa.ArrowException, OSError):
                cursor.close()


def _guess(first: pa.RecordBatch | None, position: int) -> pa.DataType | None:
    """Return the type for an open column by its first rows, None if they say text."""
    if first is None:
        return fitting(None, None, numbers=None)
    return guessed(first.column(position))


def _open(fields: list[Field]) -> list[int]:
    """Return the positions of the numbers that declare no type that holds them."""
    return [position for position, field in enumerate(fields) if field.is_open]


def _wrapped(sql: str, fields: list[Field], decimals: Mapping[int, pa.DataType | None]) -> str:
    """Name the columns by position and bring the unusual ones over as text.

    So are those for which `decimals` has no type.
    """
    columns = ", ".join(f"c{position}" for position in range(len(fields)))
    shown = ", ".join(
        f"c{position}::text"
        if position in decimals and decimals[position] is None
        else selected(position, field)
        for position, field in enumerate(fields)
    )
    return f"SELECT {shown} FROM ({sql}) AS q({columns})"  # noqa: S608 - guarded
