"""A graph from a SQLite database: schema, keys and the values of its text columns."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from kpi_nlsql.building import build_graph
from kpi_nlsql.graph import NEARLY_UNIQUE, Column, Graph, Join, Table
from kpi_nlsql.key_names import KEY_TAILS
from kpi_nlsql.naming import column_names

MOST_VALUES = 5_000
LONGEST_VALUE = 80
_MOST_SCANNED = 200_000
_TELLING_NUMBER = 1_000
_MOST_PARTS = 8


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
    table = Table(name, None, columns, keys, rows)
    return replace(table, key_pairs=_key_pairs(connection, table))


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
    numbers = _numbers(connection, name, column, sample) if Column("", stored).measures else ()
    return Column(
        name,
        stored,
        nullable,
        values=tuple(values),
        unique=unique,
        distinct=distinct,
        numbers=numbers,
    )


def _numbers(
    connection: sqlite3.Connection, name: str, column: str, sample: str
) -> tuple[int, ...]:
    """Return the numbers of a column that is called a key; small ones are counted everywhere."""
    if column_names(name, "")[0].split()[-1:] not in [[tail] for tail in KEY_TAILS]:
        return ()
    found = connection.execute(
        f"SELECT DISTINCT {column} FROM {sample} WHERE typeof({column}) = 'integer' "  # noqa: S608
        f"AND {column} >= {_TELLING_NUMBER} LIMIT {MOST_VALUES}"
    )
    return tuple(number for (number,) in found)


def _key_pairs(connection: sqlite3.Connection, table: Table) -> tuple[tuple[str, ...], ...]:
    """Return the pairs of columns that tell rows apart, where neither a key nor a column does."""
    if table.primary_key or not table.row_count or table.row_count > _MOST_SCANNED:
        return ()
    if any(table.identifies((column.name,)) for column in table.columns):
        return ()
    parts = [c for c in table.columns if not _is_amount(c) and (c.distinct or 0) > 1]
    found = []
    for first, second in combinations(parts[:_MOST_PARTS], 2):
        if (first.distinct or 0) * (second.distinct or 0) < table.row_count * NEARLY_UNIQUE:
            continue
        a, b = _quoted(first.name), _quoted(second.name)
        (kinds,) = connection.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {a}, {b} FROM {_quoted(table.name)})"  # noqa: S608
        ).fetchone()
        if kinds >= table.row_count * NEARLY_UNIQUE:
            found.append((first.name, second.name))
    return tuple(found)


def _is_amount(column: Column) -> bool:
    """Tell whether a column measures rather than numbers or names."""
    tail = column_names(column.name, "")[0].split()[-1:]
    return column.family == "number" and tail not in [[word] for word in KEY_TAILS]


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
