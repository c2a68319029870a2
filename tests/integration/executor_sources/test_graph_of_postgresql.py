"""What the rows of PostgreSQL tell of undeclared keys, and what a stored graph keeps of it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from kpi_executor.reflection import read_graph
from kpi_executor.sources import (
    Column,
    Connector,
    ProfileLimits,
    SourcePolicy,
    profile,
    source_from,
)
from kpi_nlsql import Graph

LIBRARY = """
    CREATE TABLE reader AS SELECT (41000 + 7 * n)::numeric(8) AS reader_no, 'r' || n AS called
        FROM generate_series(0, 29) n;
    CREATE TABLE loan AS SELECT n AS loan_no, 41000 + 7 * (n % 20) AS borrower_no
        FROM generate_series(0, 59) n;
    CREATE TABLE rack AS SELECT 'R' || room AS room_code, n AS rack_no, '{}'::json AS remarks,
        1.5::float AS metres FROM generate_series(0, 11) room, generate_series(1, 5) n;
    CREATE TABLE stocktake AS SELECT room_code AS room, rack_no AS rack, 40 AS books FROM rack
        WHERE room_code <> 'R11';
    CREATE TABLE visit AS SELECT 1 + n % 12500 AS guest_no, 'day ' || n % 70 AS at,
        '{}'::json AS note FROM generate_series(0, 24999) n;
    ANALYZE;
"""


@pytest.fixture
def library_url(database_url: str) -> str:
    """Readers, loans, racks counted by two systems, and many visits, without a single key."""
    with psycopg.connect(database_url) as connection:
        connection.execute(LIBRARY)
    return database_url


def test_keys_that_nobody_declared_are_found_and_stored(library_url: str, tmp_path: Path) -> None:
    source = source_from("library", library_url, "public")
    content = read_graph("library", source, SourcePolicy(), tmp_path)
    graph = Graph.from_json(content)
    loans = graph.joins_between("loan", "reader")[0]
    assert (loans.left_columns, loans.right_columns) == (("borrower_no",), ("reader_no",))
    assert graph.table("rack").key_pairs == (("room_code", "rack_no"),)
    racks = graph.joins_between("rack", "stocktake")[0]
    assert (racks.left_columns, racks.right_columns) == (("room_code", "rack_no"), ("room", "rack"))
    assert not any(column["numbers"] for table in content["tables"] for column in table["columns"])


def test_beyond_the_sample_all_is_counted_while_a_table_is_small(
    library_url: str, connector: Connector
) -> None:
    del library_url
    columns = visits(connector, ProfileLimits(sample_rows=10_000))
    assert [column.distinct for column in columns] == [12_500, 70, None]
    assert len(columns[1].values) == 70
    columns = visits(connector, ProfileLimits(sample_rows=10_000, whole_below_rows=20_000))
    assert [column.distinct for column in columns] == [12_500, None, None]


def visits(connector: Connector, limits: ProfileLimits) -> tuple[Column, ...]:
    found = {table.name: table for table in profile(connector, connector.reflect(), limits)}
    return found["visit"].columns
