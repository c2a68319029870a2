"""A graph from a SQLite database: schema, keys and the values of its text columns."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from kpi_nlsql.building import build_graph
from kpi_nlsql.graph import Column, Graph, Join, Table

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
        joins = _foreign_keys(connection, tables)
    return build_graph(path.stem, tables, joins, dialect="sqlite")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _table(connection: sqlite3.Connection, name: str) -> Table:
    info = connection.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
    rows = connection.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]  # noqa: S608
    keys = tuple(row[1] for row in sorted(info, key=lambda row: row[5]) if row[5])
    columns = tuple(
        _column(connection, name, row[1], row[2] or "text", not row[3], rows) for row in info
    )
    return Table(name, None, columns, keys, rows)


def _column(
    connection: sqlite3.Connection, table: str, name: str, declared: str, nullable: bool, rows: int
) -> Column:
    column = _quoted(name)
    sample = f"(SELECT {column} FROM {_quoted(table)} LIMIT {_MOST_SCANNED})"  # noqa: S608
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
    stored = _stored_type(declared, known or 0, texts or 0)
    return Column(name, stored, nullable, values=tuple(values), unique=unique, distinct=distinct)


def _stored_type(declared: str, known: int, texts: int) -> str:
    """SQLite stores any type anywhere: a text column that holds only numbers is one of numbers."""
    family = Column("", declared).family
    if family == "text" and known and not texts:
        return "number"
    return "text" if family == "number" and known and texts == known else declared


def _foreign_keys(connection: sqlite3.Connection, tables: list[Table]) -> list[Join]:
    by_name = {table.name.lower(): table for table in tables}
    joins = []
    for table in tables:
        keys: dict[int, list[tuple[str, str, str | None]]] = {}
        for row in connection.execute(f"PRAGMA foreign_key_list({_quoted(table.name)})"):
            keys.setdefault(row[0], []).append((row[2], row[3], row[4]))
        for parts in keys.values():
            other = by_name.get(parts[0][0].lower())
            if other is None:
                continue
            left = tuple(_spelt(table, part[1]) for part in parts)
            named = [_spelt(other, part[2]) for part in parts if part[2]]
            right = tuple(named) or other.primary_key[: len(left)]
            if len(left) == len(right) and all(map(table.has, left)) and all(map(other.has, right)):
                joins.append(Join(table.name, left, other.name, right, evidence="foreign key"))
    return joins


def _spelt(table: Table, name: str | None) -> str:
    return table.column(name).name if name and table.has(name) else str(name)
