"""A graph says what SQLite stores and whom its foreign keys mean, not what the schema spells."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kpi_executor.reflection import graph_of
from kpi_executor.sources import Resources, SourcePolicy, connect, profile, source_from
from kpi_nlsql import Column, Graph

TABLES = """
    CREATE TABLE Plant (Id INTEGER PRIMARY KEY, opened INT, kind STRING, closed DATE, sold BOOL);
    CREATE TABLE machine (tag, plant_id INT REFERENCES plant, maker INT REFERENCES gone (id));
    CREATE VIEW late AS SELECT tag || '!' AS cry, 2 * plant_id AS twice FROM machine;
    INSERT INTO Plant VALUES (1, 'in May', 7, '2024-05-06', 'T'), (2, 'in June', 8, NULL, 'F');
    INSERT INTO machine VALUES ('M1', 1, 12), ('M2', 2, 'none');
"""


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    path = tmp_path / "works.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(TABLES)
    source = source_from("works", str(path))
    with connect(source, SourcePolicy(), Resources(tmp_path / "cache", tmp_path)) as connector:
        yield graph_of("works", profile(connector, connector.reflect()), "sqlite", connector)


def column(graph: Graph, table: str, name: str) -> Column:
    return graph.table(table).column(name)


def test_a_column_has_the_type_of_what_is_stored_in_it(graph: Graph) -> None:
    assert column(graph, "Plant", "opened").type == "text"
    assert column(graph, "Plant", "opened").values == ("in June", "in May")
    assert column(graph, "Plant", "kind").type == "number"
    assert column(graph, "Plant", "kind").values == ()


def test_a_column_of_numbers_and_texts_keeps_its_declared_type(graph: Graph) -> None:
    assert column(graph, "machine", "maker").type == "INT"


def test_columns_without_a_declared_type_have_values(graph: Graph) -> None:
    assert column(graph, "machine", "tag").type == "text"
    assert column(graph, "late", "cry").values == ("M1!", "M2!")
    assert column(graph, "late", "twice").type == "number"


def test_dates_and_truth_values_kept_as_text_have_values(graph: Graph) -> None:
    assert column(graph, "Plant", "closed").values == ("2024-05-06",)
    assert column(graph, "Plant", "sold").values == ("F", "T")


def test_a_foreign_key_leads_to_the_primary_key_of_a_table_that_is_there(graph: Graph) -> None:
    (join,) = [join for join in graph.joins if join.kind == "foreign_key"]
    assert (join.left_table, join.left_columns) == ("machine", ("plant_id",))
    assert (join.right_table, join.right_columns) == ("Plant", ("Id",))
