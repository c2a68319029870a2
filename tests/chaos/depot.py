"""The small SQLite source of these tests, and a cheap KPI on it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

GRAPH = "depot"
STOCK = [(number, f"item {number}", number % 7) for number in range(1, 41)]
EMPTY_SHELVES = [{"id": row[0], "name": row[1]} for row in STOCK if row[2] == 0]
EMPTY_SHELVES_SQL = "SELECT id, name FROM stock WHERE quantity = 0 ORDER BY id"


def depot(directory: Path) -> Path:
    """Write the SQLite file of a depot with one table, `stock`."""
    path = directory / "depot.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, name TEXT, quantity INT)")
        connection.executemany("INSERT INTO stock VALUES (?, ?, ?)", STOCK)
    connection.close()
    return path
