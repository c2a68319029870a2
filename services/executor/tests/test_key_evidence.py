"""Keys that nobody declared are found by numbers that are shared and by pairs of columns."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from kpi_executor.dictionary import abridged
from kpi_executor.key_evidence import KeyLimits, with_key_evidence
from kpi_executor.overlap import with_overlap
from kpi_executor.reflection import graph_of
from kpi_executor.sources import Connector, Resources, SourcePolicy, connect, profile, source_from
from kpi_nlsql import Column, Graph, Table

TABLES = {
    "READER": "READER_NO DECIMAL(8, 0), JOINED_ON VARCHAR(10)",
    "LOAN": "LOAN_NO BIGINT, BORROWER_NO INTEGER, LENT_ON VARCHAR(10)",
    "RACK": "ROOM_CODE VARCHAR(4), RACK_NO INTEGER, METRES DOUBLE PRECISION",
    "STOCKTAKE": "ROOM VARCHAR(4), RACK INTEGER, BOOKS INTEGER",
}
DAYS = [f"2024-03-{day:02}" for day in range(1, 31)]
PLACES = [(f"R{room}", rack) for room in range(12) for rack in range(1, 6)]
ROWS: dict[str, list[tuple[object, ...]]] = {
    "READER": [(41_000 + 7 * n, DAYS[n]) for n in range(30)],
    "LOAN": [(n, 41_000 + 7 * (n % 20), DAYS[n % 30]) for n in range(60)],
    "RACK": [(*place, 1.5) for place in PLACES],
    "STOCKTAKE": [(*place, 40) for place in PLACES[:50]],
}


def sqlite_file(folder: Path) -> Path:
    path = folder / "library.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        for name, columns in TABLES.items():
            database.execute(f"CREATE TABLE {name} ({columns})")
            marks = ", ".join("?" * len(ROWS[name][0]))
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", ROWS[name])
    return path


def duckdb_file(folder: Path) -> Path:
    path = folder / "library.duckdb"
    with duckdb.connect(str(path)) as database:
        for name, columns in TABLES.items():
            database.execute(f"CREATE TABLE {name} ({columns})")
            marks = ", ".join("?" * len(ROWS[name][0]))
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", ROWS[name])
    return path


def csv_folder(folder: Path) -> Path:
    path = folder / "library"
    path.mkdir()
    for name, columns in TABLES.items():
        titles = [column.split()[0] for column in columns.replace("(8, 0)", "").split(", ")]
        lines = [titles, *ROWS[name]]
        text = "\n".join(",".join(map(str, line)) for line in lines)
        (path / f"{name}.csv").write_text(text, "utf-8")
    return path


@pytest.fixture(params=[sqlite_file, duckdb_file, csv_folder])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connector]:
    """Readers and their loans, and racks counted by two systems, without a single key."""
    make: Callable[[Path], Path] = request.param
    source = source_from("library", str(make(tmp_path)))
    with connect(source, SourcePolicy(), Resources(tmp_path / "cache", tmp_path)) as connector:
        connector.reflect()
        yield connector


def graph(connector: Connector) -> Graph:
    tables = profile(connector, connector.reflect())
    return with_overlap(connector, graph_of("library", tables, connector.dialect, connector))


def test_shared_numbers_join_columns_of_different_names(library: Connector) -> None:
    join = graph(library).joins_between("LOAN", "READER")[0]
    assert (join.left_columns, join.right_columns) == (("BORROWER_NO",), ("READER_NO",))
    assert "same values" in join.evidence


def test_two_columns_that_tell_rows_apart_together_are_a_key(library: Connector) -> None:
    found = graph(library)
    assert found.table("RACK").key_pairs == (("ROOM_CODE", "RACK_NO"),)
    join = found.joins_between("RACK", "STOCKTAKE")[0]
    assert (join.left_columns, join.right_columns) == (("ROOM_CODE", "RACK_NO"), ("ROOM", "RACK"))


def test_key_pairs_are_stored_with_the_graph_and_numbers_are_not(library: Connector) -> None:
    stored = abridged(graph(library)).to_json()
    assert Graph.from_json(stored).table("RACK").key_pairs == (("ROOM_CODE", "RACK_NO"),)
    assert not any(column["numbers"] for table in stored["tables"] for column in table["columns"])


def tables(row_count: int | None) -> list[Table]:
    """RACK and READER as a profile tells them."""
    return [
        Table(
            "RACK",
            None,
            (Column("ROOM_CODE", distinct=12), Column("RACK_NO", "integer", distinct=5)),
            row_count=row_count,
        ),
        Table("READER", None, (Column("READER_NO", "decimal"), Column("JOINED_ON"))),
    ]


def test_pairs_are_counted_up_to_a_number_of_rows(library: Connector) -> None:
    assert with_key_evidence(library, tables(60))[0].key_pairs
    assert not with_key_evidence(library, tables(60), KeyLimits(rows=59))[0].key_pairs
    assert not with_key_evidence(library, tables(None))[0].key_pairs


def test_numbers_are_bounded_by_rows_values_and_columns(library: Connector) -> None:
    def numbers(limits: KeyLimits) -> tuple[int, ...]:
        return with_key_evidence(library, tables(60), limits)[1].columns[0].numbers

    assert numbers(KeyLimits()) == tuple(range(41_000, 41_210, 7))
    assert numbers(KeyLimits(numbers=3)) == (41_000, 41_007, 41_014)
    assert len(numbers(KeyLimits(rows_of_views=4))) == 4
    assert numbers(KeyLimits(columns=1)) == ()


def test_without_time_nothing_is_asked(library: Connector) -> None:
    assert with_key_evidence(library, tables(60), KeyLimits(seconds=-1)) == tables(60)


def test_what_the_source_refuses_or_no_number_can_be_is_left_out(library: Connector) -> None:
    texts = Table("READER", None, (Column("JOINED_ON", "integer"),))
    called = replace(texts, columns=(Column("LOAN_ID", "integer"), Column("METRES_NO", "double")))
    for table in (texts, called):
        assert with_key_evidence(library, [table]) == [table]
