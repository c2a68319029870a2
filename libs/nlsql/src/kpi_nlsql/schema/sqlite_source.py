"""A graph from a SQLite database: schema, keys and the values of its text columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from kpi_nlsql.schema.building import build_graph
from kpi_nlsql.schema.declared_joins import ForeignKey, declared_joins
from kpi_nlsql.schema.graph import Column, Graph, Table
from kpi_nlsql.schema.key_names import numbering
from kpi_nlsql.schema.key_pairs import key_pairs
from kpi_nlsql.schema.shared_values import TELLING_NUMBER
from kpi_nlsql.schema.stored_types import UNDECLARED, stored_type

MOST_VALUES = 5_000
LONGEST_VALUE = 80
_MOST_SCANNED = 200_000


def graph_from_sqlite(path: Path) -> Graph:
    """Read a database (read-only) into a graph. Raises sqlite3.Error if it cannot be read."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        tables = [_table(connection, name) for name in names]
        keys = [key for table in tables for key in _foreign_keys(connection, table)]
    joins = tuple(declared_joins(tables, keys))
    return build_graph(path.stem, tables, joins, dialect="sqlite")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _table(connection: sqlite3.Connection, name: str) -> Table:
    info = connection.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
    rows = connection.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]  # noqa: S608
    keys = tuple(row[1] for row in sorted(info, key=lambda row: row[5]) if row[5])
    columns = tuple(
        _column(connection, name, row[1], row[2] or UNDECLARED, not row[3], rows) for row in info
    )
    table = Table(name, None, columns, keys, rows)
    numbered = set(numbering(table))
    columns = tuple(
        replace(column, numbers=_numbers(connection, name, column.name))
        if column.name in numbered
        else column
        for column in columns
    )
    return replace(table, columns=columns, key_pairs=_key_pairs(connection, table))


def _column(
    connection: sqlite3.Connection, table: str, name: str, declared: str, nullable: bool, rows: int
) -> Column:
    column, sample = _sampled(table, name)
    values = [
        str(value)
        for (value,) in connection.execute(
            f"SELECT DISTINCT {column} FROM {sample} WHERE typeof({column}) = 'text' "  # noqa: S608
            f"AND length({column}) BETWEEN 1 AND {LONGEST_VALUE} LIMIT {MOST_VALUES}"
        )
    ]
    distinct, known, texts = connection.execute(
        f"SELECT count(DISTINCT {column}), count({column}), sum(typeof({column}) = 'text') "  # noqa: S608
        f"FROM {sample}"
    ).fetchone()
    unique = rows > 1 and distinct == rows
    stored = stored_type(
        declared, only_numbers=known > 0 and not texts, only_texts=known > 0 and texts == known
    )
    return Column(
        name,
        stored,
        nullable,
        values=tuple(values),
        unique=unique,
        distinct=distinct,
    )


def _sampled(table: str, column: str) -> tuple[str, str]:
    """Return the quoted column and the rows whose values are looked at."""
    quoted = _quoted(column)
    return quoted, f"(SELECT {quoted} FROM {_quoted(table)} LIMIT {_MOST_SCANNED})"  # noqa: S608


def _numbers(connection: sqlite3.Connection, table: str, name: str) -> tuple[int, ...]:
    """Return the telling numbers of a column that may number rows."""
    column, sample = _sampled(table, name)
    found = connection.execute(
        f"SELECT DISTINCT {column} FROM {sample} WHERE typeof({column}) = 'integer' "  # noqa: S608
        f"AND {column} >= {TELLING_NUMBER} LIMIT {MOST_VALUES}"
    )
    return tuple(number for (number,) in found)


def _key_pairs(connection: sqlite3.Connection, table: Table) -> tuple[tuple[str, ...], ...]:
    """Return the columns that tell rows apart together, where neither a key nor a column does."""
    if (table.row_count or 0) > _MOST_SCANNED:
        return ()

    def counted(columns: tuple[str, ...]) -> int:
        kinds = f"SELECT DISTINCT {', '.join(map(_quoted, columns))} FROM {_quoted(table.name)}"  # noqa: S608
        return int(connection.execute(f"SELECT count(*) FROM ({kinds})").fetchone()[0])  # noqa: S608

    return tuple(key_pairs(table, counted))


def _foreign_keys(connection: sqlite3.Connection, table: Table) -> Iterator[ForeignKey]:
    keys: dict[int, list[tuple[str, str, str | None]]] = {}
    for row in connection.execute(f"PRAGMA foreign_key_list({_quoted(table.name)})"):
        keys.setdefault(row[0], []).append((row[2], row[3], row[4]))
    for parts in keys.values():
        yield ForeignKey(
            table.name,
            tuple(part[1] for part in parts),
            parts[0][0],
            # NULL where the key refers to the target's primary key.
            tuple(part[2] for part in parts if part[2]),
        )
