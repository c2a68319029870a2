"""DuckDB files: read-only, locked, with keys."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from kpi_executor.sources import ColumnTypesVary, Resources, SourceError
from kpi_executor.sources.duckdb_file import DuckDbConnector
from kpi_executor.sources.tables import ForeignKey


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE product (id INTEGER PRIMARY KEY, name VARCHAR)")
        connection.execute("CREATE TABLE sale (product_id INTEGER REFERENCES product (id))")
        connection.execute("INSERT INTO product VALUES (1, 'tea')")
        connection.execute("CREATE SCHEMA eu")
        connection.execute("CREATE VIEW eu.v AS SELECT * FROM product")
    return path


@pytest.fixture
def resources(tmp_path: Path) -> Resources:
    return Resources(cache=tmp_path / "cache", scratch=tmp_path)


def test_tables_views_and_keys_are_reflected(file: Path, resources: Resources) -> None:
    with DuckDbConnector(file, resources) as connector:
        found = {(table.schema, table.name): table for table in connector.reflect()}
    assert set(found) == {("main", "product"), ("main", "sale"), ("eu", "v")}
    assert found["main", "product"].primary_key == ("id",)
    assert found["main", "product"].rows == 1
    assert found["main", "sale"].foreign_keys == (
        ForeignKey(("product_id",), "main", "product", ("id",)),
    )


@pytest.mark.parametrize("late", [0, 300_000])
@pytest.mark.parametrize(
    ("kind", "widest"), [("HUGEINT", 2**127 - 1), ("HUGEINT", -(2**127)), ("UHUGEINT", 2**128 - 1)]
)
def test_integers_that_no_decimal_holds_are_kept_as_text(
    file: Path, resources: Resources, kind: str, widest: int, late: int
) -> None:
    sql = (
        f"SELECT i::HUGEINT AS n, if(i = {late}, '{widest}', '7')::{kind} AS wide "
        f"FROM range({late + 1}) AS t(i)"
    )
    with DuckDbConnector(file, resources) as connector:
        with pytest.raises(ColumnTypesVary):
            list(connector.execute(sql).batches)
        stream = connector.execute(sql, exact_types=True)
        assert stream.schema.types == [pa.decimal128(38, 0), pa.string()]
        *_, last = (batch.to_pylist()[-1] for batch in stream.batches)
    assert last == {"c0": late, "c1": str(widest)}


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM product",
        "SELECT * FROM '/etc/passwd'",
        "SET memory_limit = '1TB'",
        "ATTACH ':memory:' AS m",
        "SELECT nope FROM product",
    ],
)
def test_what_is_not_reading_its_tables_fails_with_a_sentence(
    file: Path, resources: Resources, sql: str
) -> None:
    with DuckDbConnector(file, resources) as connector, pytest.raises(SourceError) as failed:
        list(connector.execute(sql).batches)
    assert "\n" not in failed.value.message


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, resources: Resources) -> None:
    path = tmp_path / "x.duckdb"
    path.write_text("hello " * 2_000)
    with pytest.raises(SourceError, match=r"'x.duckdb'"):
        DuckDbConnector(path, resources)


def test_running_out_of_memory_is_a_memory_error(file: Path, tmp_path: Path) -> None:
    small = Resources(cache=tmp_path, scratch=tmp_path, memory_bytes=50_000_000)
    with DuckDbConnector(file, small) as connector, pytest.raises(MemoryError):
        list(connector.execute("SELECT list(n::VARCHAR) FROM range(20000000) AS r(n)").batches)


def test_a_query_is_planned_without_being_run(file: Path, resources: Resources) -> None:
    with DuckDbConnector(file, resources) as connector:
        connector.explain("SELECT name FROM product")
        with pytest.raises(SourceError, match="nome"):
            connector.explain("SELECT nome FROM product")
