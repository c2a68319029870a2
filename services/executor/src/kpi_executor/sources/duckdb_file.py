"""DuckDB database files, opened read-only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from kpi_executor.sources import duckdb_engine
from kpi_executor.sources.connector import Resources
from kpi_executor.sources.tables import Column, ForeignKey, Table, logical_type

_COLUMNS = """
    SELECT schema_name, table_name, column_name, data_type, is_nullable
    FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()
    ORDER BY schema_name, table_name, column_index
"""
_ROWS = """
    SELECT schema_name, table_name, estimated_size
    FROM duckdb_tables() WHERE NOT internal AND database_name = current_database()
"""
_KEYS = """
    SELECT schema_name, table_name, constraint_type, constraint_column_names,
           referenced_table, referenced_column_names
    FROM duckdb_constraints()
    WHERE constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY') AND database_name = current_database()
"""


class DuckDbConnector(duckdb_engine.DuckDbEngine):
    """One read-only connection to a DuckDB file."""

    def __init__(self, path: Path, resources: Resources) -> None:
        what = f"the DuckDB file {path.name!r}"
        try:
            connection = duckdb.connect(
                str(path), read_only=True, config=duckdb_engine.settings(resources)
            )
        except duckdb.Error as error:
            raise duckdb_engine.open_failed(error, what) from None
        super().__init__(connection, what)
        duckdb_engine.lock(connection, [])

    def serves(self, sql: str) -> bool:
        """Return False: an open file locks out its writers."""
        del sql
        return False

    def reflect(self) -> list[Table]:
        """Read tables and views of all schemas with their keys."""
        try:
            return reflect(self._connection)
        except duckdb.Error as error:
            raise self.classify(error) from None


def reflect(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    """Read the tables and views of a DuckDB connection's own database."""
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, table, name, kind, nullable in connection.execute(_COLUMNS).fetchall():
        column = Column(name, logical_type(kind), kind, nullable=nullable)
        columns.setdefault((schema, table), []).append(column)
    rows = {(row[0], row[1]): row[2] for row in connection.execute(_ROWS).fetchall()}
    keys = connection.execute(_KEYS).fetchall()
    return [
        Table(
            schema=schema,
            name=name,
            columns=tuple(found),
            primary_key=_primary_key(keys, schema, name),
            foreign_keys=_foreign_keys(keys, schema, name),
            rows=rows.get((schema, name)),
        )
        for (schema, name), found in columns.items()
    ]


def _primary_key(keys: list[Any], schema: str, table: str) -> tuple[str, ...]:
    for key in keys:
        if key[:3] == (schema, table, "PRIMARY KEY"):
            return tuple(key[3])
    return ()


def _foreign_keys(keys: list[Any], schema: str, table: str) -> tuple[ForeignKey, ...]:
    return tuple(
        # DuckDB's foreign keys stay within their schema.
        ForeignKey(tuple(key[3]), schema, key[4], tuple(key[5]))
        for key in keys
        if key[:3] == (schema, table, "FOREIGN KEY")
    )
