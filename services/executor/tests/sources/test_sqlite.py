"""SQLite: read-only, typed by its values, with sentences for what goes wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from kpi_executor.sources import ColumnTypesVary, Connector, Resources, SourceError
from kpi_executor.sources.sqlite import SqliteConnector
from kpi_executor.sources.tables import ForeignKey


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL);
            CREATE TABLE sale (id INTEGER PRIMARY KEY, product_id INT REFERENCES product (id));
            CREATE VIEW cheap AS SELECT * FROM product WHERE price < 5;
            INSERT INTO product VALUES (1, 'tea', 2.5), (2, 'coffee', 7), (3, 'it''s', NULL);
            """
        )
    connection.close()
    return path


@pytest.fixture
def resources(tmp_path: Path) -> Resources:
    return Resources(cache=tmp_path / "cache", scratch=tmp_path, connect_timeout_seconds=0.1)


@pytest.fixture
def connector(file: Path, resources: Resources) -> Iterator[SqliteConnector]:
    with SqliteConnector(file, resources) as opened:
        yield opened


def rows(
    connector: Connector, sql: str, batch_rows: int = 100, *, exact_types: bool = False
) -> list[tuple[object, ...]]:
    stream = connector.execute(sql, batch_rows, exact_types=exact_types)
    table = pa.Table.from_batches(list(stream.batches), schema=stream.schema)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_tables_views_and_keys_are_reflected(connector: SqliteConnector) -> None:
    cheap, product, sale = connector.reflect()
    assert (cheap.name, cheap.rows) == ("cheap", None)
    assert [(column.name, column.type) for column in product.columns] == [
        ("id", "integer"),
        ("name", "text"),
        ("price", "number"),
    ]
    assert (product.primary_key, product.rows) == (("id",), 3)
    assert sale.foreign_keys == (ForeignKey(("product_id",), "main", "product", ("id",)),)


def test_rows_come_with_the_types_of_their_values(connector: SqliteConnector) -> None:
    stream = connector.execute("SELECT id, name, price AS id FROM product")
    assert stream.names == ("id", "name", "id")
    assert stream.schema.names == ["c0", "c1", "c2"]
    assert stream.schema.types == [pa.int64(), pa.string(), pa.float64()]


def test_an_empty_result_has_columns(connector: SqliteConnector) -> None:
    stream = connector.execute("SELECT id, name FROM product WHERE 0")
    assert stream.names == ("id", "name")
    assert list(stream.batches) == []


def test_a_column_whose_type_changes_late_is_read_with_exact_types(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE mixed (a, b, c)")
        connection.executemany(
            "INSERT INTO mixed VALUES (?, ?, ?)",
            [(1, 1, None), (2, 2, None), (3.5, "x", 7), (None, b"\x01", 8)],
        )
    connection.close()
    resources = Resources(cache=file.parent, scratch=file.parent)
    with SqliteConnector(file, resources) as opened:
        with pytest.raises(ColumnTypesVary):
            list(opened.execute("SELECT a, b FROM mixed", batch_rows=2).batches)
        stream = opened.execute("SELECT a, b FROM mixed", batch_rows=2, exact_types=True)
        assert stream.schema.types == [pa.float64(), pa.string()]
        assert rows(opened, "SELECT b FROM mixed", batch_rows=2, exact_types=True) == [
            ("1",),
            ("2",),
            ("x",),
            ("01",),
        ]
        # NULL so far says nothing about the type of what follows.
        assert opened.execute("SELECT c FROM mixed", batch_rows=2).schema.types == [pa.int64()]


def test_nul_bytes_and_infinities_survive(connector: SqliteConnector) -> None:
    assert rows(connector, "SELECT 'a' || char(0) || 'b', 9e999, -9e999") == [
        ("a\x00b", float("inf"), float("-inf"))
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM product",
        "CREATE TABLE x (a)",
        "ATTACH 'other.db' AS o",
        "PRAGMA query_only = 0",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_database_list",
    ],
)
def test_nothing_but_reading_tables_is_possible(connector: SqliteConnector, sql: str) -> None:
    with pytest.raises(SourceError):
        connector.execute(sql)
    assert rows(connector, "SELECT count(*) FROM product") == [(3,)]


def test_errors_say_what_is_wrong(
    connector: SqliteConnector, tmp_path: Path, resources: Resources
) -> None:
    with pytest.raises(SourceError, match="no such column: nope") as failed:
        connector.execute("SELECT nope FROM product")
    assert not failed.value.transient
    text = tmp_path / "notes.txt"
    text.write_text("hello, this is no database at all")
    with pytest.raises(SourceError, match=r"'notes.txt' is no SQLite database"):
        SqliteConnector(text, resources)
    with pytest.raises(SourceError, match="cannot be read"):
        SqliteConnector(tmp_path, resources)
    text.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5_000)
    with pytest.raises(SourceError, match="no valid SQLite database"):
        SqliteConnector(text, resources)


def test_a_file_that_is_being_written_is_worth_another_try(
    file: Path, connector: SqliteConnector
) -> None:
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SourceError, match="in use") as failed:
        connector.execute("SELECT * FROM product")
    writer.close()
    assert failed.value.transient


def test_a_query_is_planned_without_being_run(connector: SqliteConnector) -> None:
    connector.explain("SELECT name FROM product")
    with pytest.raises(SourceError, match="nome"):
        connector.explain("SELECT nome FROM product")
    with pytest.raises(SourceError, match="not authorized"):
        connector.explain("DELETE FROM product")
