"""SQLite files, opened read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import pyarrow as pa

from kpi_executor.sources.connector import (
    Resources,
    ResultStream,
    physical_schema,
    quoted,
    rows_for_width,
)
from kpi_executor.sources.errors import ColumnTypesVary, SourceError, first_line
from kpi_executor.sources.tables import Column, ForeignKey, Table, logical_type

_MAGIC = b"SQLite format 3\x00"
_ALLOWED_ACTIONS = frozenset(
    (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
)
_TRANSIENT = ("locked", "busy", "disk I/O")
Row = tuple[Any, ...]


class SqliteConnector:
    """One read-only connection to an SQLite file."""

    dialect = "sqlite"
    schema = "main"

    def __init__(self, path: Path, resources: Resources) -> None:
        self._path = path
        _check_header(path)
        try:
            self._connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=resources.connect_timeout_seconds,
            )
            self._connection.execute("PRAGMA query_only = 1")
            self._connection.execute("PRAGMA trusted_schema = 0")
            self._connection.execute(f"PRAGMA hard_heap_limit = {resources.memory_bytes}")
            self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
        except sqlite3.Error as error:
            raise self.classify(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def reflect(self) -> list[Table]:
        """Read tables and views with their keys; row counts of tables are exact."""
        try:
            found = self._connection.execute(
                "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            ).fetchall()
            return [self._table(name, is_view=kind == "view") for name, kind in found]
        except sqlite3.Error as error:
            raise self.classify(error) from None

    def execute(
        self, sql: str, batch_rows: int = 10_000, *, exact_types: bool = False
    ) -> ResultStream:
        """Run one SELECT; types come from the first batch unless ``exact_types``."""
        self._connection.set_authorizer(_authorize)
        try:
            cursor = self._connection.execute(sql)
            names = tuple(str(column[0]) for column in cursor.description)
            batch_rows = rows_for_width(batch_rows, len(names))
            first = cursor.fetchmany(batch_rows)
            columns = list(zip(*first, strict=True)) or [()] * len(names)
            # A column that is NULL so far says nothing of the rows to come.
            unknown = len(first) == batch_rows and not all(map(_any_value, columns))
            exact = self._exact_types(sql, len(names)) if exact_types or unknown else None
        except sqlite3.Error as error:
            raise self.classify(error) from None
        schema = physical_schema(exact or [_guess(column) for column in columns])
        return ResultStream(names, schema, self._batches(cursor, first, schema, batch_rows))

    def explain(self, sql: str) -> None:
        """Compile one SELECT."""
        self._connection.set_authorizer(_authorize)
        try:
            self._connection.execute(f"EXPLAIN {sql}").close()
        except sqlite3.Error as error:
            raise self.classify(error) from None

    def serves(self, sql: str) -> bool:
        """Return False: nothing is gained by keeping the file open."""
        del sql
        return False

    def cancel(self) -> None:
        """Interrupt the running statement at its next step."""
        with suppress(sqlite3.Error):
            self._connection.interrupt()

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def classify(self, error: Exception) -> SourceError:
        """Locked files may be free later; everything else stays as it is."""
        text = first_line(error)
        if any(word in text for word in _TRANSIENT):
            return SourceError(
                f"The SQLite file {self._path.name!r} is in use ({text}); try again.",
                transient=True,
            )
        if "not a database" in text or "malformed" in text:
            return SourceError(f"{self._path.name!r} is no valid SQLite database ({text}).")
        if "unable to open" in text:
            return SourceError(
                f"The SQLite file {self._path.name!r} cannot be opened; check that it may be read."
            )
        if "interrupted" in text:
            return SourceError("The query was cancelled.")
        return SourceError(f"SQLite refused the query: {text}")

    def _batches(
        self, cursor: sqlite3.Cursor, rows: list[Row], schema: pa.Schema, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        try:
            while rows:
                yield _batch(rows, schema)
                rows = cursor.fetchmany(batch_rows)
        except sqlite3.Error as error:
            raise self.classify(error) from None

    def _exact_types(self, sql: str, columns: int) -> list[pa.DataType]:
        names = [f"c{position}" for position in range(columns)]
        kinds = ", ".join(f"group_concat(DISTINCT typeof({name}))" for name in names)
        counted = self._connection.execute(
            f"WITH q({', '.join(names)}) AS ({sql}) SELECT {kinds} FROM q"  # noqa: S608 - guarded
        ).fetchone()
        return [_join_of(set((text or "null").split(",")) - {"null"}) for text in counted]

    def _table(self, name: str, *, is_view: bool) -> Table:
        query = self._connection.execute
        described = query("SELECT * FROM pragma_table_info(?)", (name,)).fetchall()
        keys = sorted((row[5], row[1]) for row in described if row[5])
        return Table(
            schema=self.schema,
            name=name,
            columns=tuple(
                Column(row[1], logical_type(row[2] or "blob"), row[2], nullable=not row[3])
                for row in described
            ),
            primary_key=tuple(column for _, column in keys),
            foreign_keys=self._foreign_keys(name),
            rows=None if is_view else query(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0],  # noqa: S608
        )

    def _foreign_keys(self, name: str) -> tuple[ForeignKey, ...]:
        rows = self._connection.execute(
            'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq',
            (name,),
        ).fetchall()
        keys: dict[int, list[Row]] = {}
        for row in rows:
            keys.setdefault(row[0], []).append(row)
        return tuple(
            ForeignKey(
                columns=tuple(part[2] for part in parts),
                target_schema=self.schema,
                target_table=parts[0][1],
                # "to" is NULL where the key refers to the target's primary key.
                target_columns=tuple(part[3] for part in parts if part[3]),
            )
            for parts in keys.values()
        )


def _authorize(action: int, first: str | None, *_rest: str | None) -> int:
    if action not in _ALLOWED_ACTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ and first and first.lower().startswith("sqlite_"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _check_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise SourceError(
            f"The file {path.name!r} cannot be read ({error.strerror}); check its permissions."
        ) from None
    if start and start != _MAGIC:
        raise SourceError(f"{path.name!r} is no SQLite database; choose another file.")


def _any_value(values: tuple[Any, ...]) -> bool:
    return any(value is not None for value in values)


def _guess(values: tuple[Any, ...]) -> pa.DataType:
    return _join_of({_KINDS[type(value)] for value in values} - {"null"})


_TEXTS = frozenset((str, type(None)))
_KINDS = {int: "integer", float: "real", str: "text", bytes: "blob", type(None): "null"}


def _join_of(kinds: set[str]) -> pa.DataType:
    """Narrowest type that holds all of SQLite's storage classes found in a column."""
    if not kinds or kinds == {"text"}:
        return pa.string()
    if kinds == {"integer"}:
        return pa.int64()
    if kinds <= {"integer", "real"}:
        return pa.float64()
    if kinds == {"blob"}:
        return pa.binary()
    return pa.string()


def _batch(rows: list[Row], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    return pa.RecordBatch.from_arrays(
        [_array(column, kind) for column, kind in zip(columns, schema.types, strict=True)],
        schema=schema,
    )


def _array(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array[Any]:
    if kind == pa.string() and not _TEXTS.issuperset(map(type, values)):
        return pa.array([_text(value) for value in values], type=kind)
    try:
        return pa.array(values, type=kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError):
        raise ColumnTypesVary("A column's values have several types.") from None


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.hex()
    return None if value is None else str(value)
