"""What a stored graph keeps of the values that were seen."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kpi_executor.dictionary import MOST_VALUES, abridged
from kpi_executor.reflection import graph_of
from kpi_executor.sources import ProfileLimits, Resources, SourcePolicy, connect, profile
from kpi_executor.sources import source_from as source
from kpi_nlsql import Column, Graph, Table

SERIALS = [f"SN-{number:05}" for number in range(1_500)]


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    """Two landed tables without a key, whose common column goes by two names."""
    path = tmp_path / "landed.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE brz_lnd_ASSETS (TAG TEXT, BOUGHT TEXT, STATE TEXT)")
        database.execute("CREATE TABLE brz_lnd_SCAN (LABEL TEXT, HOST TEXT)")
        assets = [(tag, f"2024-01-{day % 28 + 1:02}", "in use") for day, tag in enumerate(SERIALS)]
        database.executemany("INSERT INTO brz_lnd_ASSETS VALUES (?, ?, ?)", assets)
        scans = [(tag, f"host {number % 40}") for number, tag in enumerate(SERIALS[:1_200] * 2)]
        database.executemany("INSERT INTO brz_lnd_SCAN VALUES (?, ?)", scans)
        database.commit()
    return path


def graph(path: Path, limits: ProfileLimits | None = None) -> Graph:
    resources = Resources(path.parent / "cache", path.parent)
    with connect(source("landed", str(path)), SourcePolicy(), resources) as connector:
        return graph_of("landed", profile(connector, connector.reflect(), limits), "sqlite")


def test_columns_that_share_their_values_are_joined_whatever_their_names(landed: Path) -> None:
    (join,) = graph(landed).joins
    assert {*join.left_columns, *join.right_columns} == {"TAG", "LABEL"}
    assert "same values" in join.evidence


def test_values_are_counted_in_whole_tables(landed: Path) -> None:
    found = graph(landed)
    tag, label = found.table("brz_lnd_ASSETS").column("TAG"), found.table("brz_lnd_SCAN").columns[0]
    assert (tag.distinct, tag.unique) == (1_500, True)
    assert (label.distinct, label.unique) == (1_200, False)


def test_beyond_the_sample_all_is_counted_and_fetched_while_a_table_is_small(landed: Path) -> None:
    found = graph(landed, ProfileLimits(sample_rows=1_000))
    scan = found.table("brz_lnd_SCAN")
    assert (scan.column("LABEL").distinct, len(scan.column("LABEL").values)) == (1_200, 1_200)
    assert (scan.column("HOST").distinct, len(scan.column("HOST").values)) == (40, 40)


def test_of_a_large_table_only_what_looks_unique_is_counted(landed: Path) -> None:
    found = graph(landed, ProfileLimits(sample_rows=1_000, whole_below_rows=1_100))
    scan = found.table("brz_lnd_SCAN")
    assert (scan.column("LABEL").distinct, scan.column("LABEL").unique) == (1_200, False)
    assert len(scan.column("LABEL").values) == 1_000
    assert scan.column("HOST").distinct is None
    assert len(scan.column("HOST").values) == 40


def test_columns_of_many_values_are_stored_without_them(landed: Path) -> None:
    stored = abridged(graph(landed))
    assets = stored.table("brz_lnd_ASSETS")
    assert len(SERIALS) > MOST_VALUES
    assert assets.column("TAG").values == ()
    assert assets.column("STATE").values == ("in use",)
    assert stored.joins == graph(landed).joins


def test_dates_and_amounts_kept_as_text_stay_known_without_their_values() -> None:
    days = tuple(f"20{year:02}-01-{day:02}" for year in range(50) for day in range(1, 29))
    amounts = tuple(f"{number}.50" for number in range(2_000))
    table = Table("t", columns=(Column("d", values=days), Column("a", values=amounts)))
    kept = abridged(Graph("g", 1, "sqlite", (table,), ())).table("t")
    assert all(not column.values for column in kept.columns)
    assert kept.column("d").dated
    assert kept.column("a").measures
    assert not kept.column("a").dated
    assert Graph.from_json(Graph("g", 1, "sqlite", (kept,), ()).to_json()).table("t") == kept


def test_a_full_dictionary_leaves_out_the_longer_columns_only() -> None:
    many = Column("many", values=tuple(f"v{number}" for number in range(100)))
    few = Column("few", values=("yes", "no"))
    tables = tuple(Table(name, columns=(many, few)) for name in ("first", "second"))
    kept = abridged(Graph("g", 1, "sqlite", tables, ()), most_in_all=150)
    assert [len(table.column("many").values) for table in kept.tables] == [100, 0]
    assert [table.column("few").values for table in kept.tables] == [("yes", "no")] * 2
    assert kept.table("second").column("many") == replace(many, values=())
