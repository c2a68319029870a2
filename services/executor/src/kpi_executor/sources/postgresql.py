"""PostgreSQL: reflection and description by psycopg, rows by ADBC (COPY in binary, to Arrow in C).

The two share no state: the first connection asks what the query returns, the second streams it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
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
from kpi_executor.sources.postgres_types import Field, selected, stored, stored_type
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
        """Run one SELECT. Batches are a few megabytes whatever ``batch_rows`` says."""
        del batch_rows, exact_types
        try:
            fields = self._describe(sql)
            cursor = self._stream(_wrapped(sql, fields))
            reader = cursor.fetch_record_batch()
            kinds = reader.schema.types
        except DriverError as error:
            raise self.classify(error) from None
        schema = physical_schema(
            [stored_type(field, kind) for field, kind in zip(fields, kinds, strict=True)]
        )
        names = tuple(field.name for field in fields)
        return ResultStream(names, schema, self._batches(cursor, reader, schema, names))

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

    def _stream(self, sql: str) -> adbc.Cursor:
        # A transaction block is not needed: one COPY is one statement.
        if self._streaming is None:
            self._streaming = adbc.connect(self._conninfo, autocommit=True)
            with closing(self._streaming.cursor()) as settings:
                for statement in self._session(self._connection.info.server_version):
                    settings.execute(statement)
        cursor = self._streaming.cursor(adbc_stmt_kwargs={_BATCH_BYTES_OPTION: str(_BATCH_BYTES)})
        try:
            cursor.execute(sql)
        except BaseException:
            cursor.close()
            raise
        return cursor

    def _batches(
        self,
        cursor: adbc.Cursor,
        reader: pa.RecordBatchReader,
        schema: pa.Schema,
        names: tuple[str, ...],
    ) -> Iterator[pa.RecordBatch]:
        try:
            for batch in reader:
                yield pa.RecordBatch.from_arrays(
                    [
                        stored(array, kind, name)
                        for array, kind, name in zip(
                            batch.columns, schema.types, names, strict=True
                        )
                    ],
                    schema=schema,
                )
        except DriverError as error:
            raise self.classify(error) from None
        finally:
            with suppress(AdbcError, pa.ArrowException, OSError):
                cursor.close()


def _wrapped(sql: str, fields: list[Field]) -> str:
    """Name the columns by position and bring the unusual ones over as text."""
    columns = ", ".join(f"c{position}" for position in range(len(fields)))
    shown = ", ".join(selected(position, field) for position, field in enumerate(fields))
    return f"SELECT {shown} FROM ({sql}) AS q({columns})"  # noqa: S608 - guarded
