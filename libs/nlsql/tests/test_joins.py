"""Candidate joins from a database without declared keys: numbers, dates, keys of two columns."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kpi_nlsql import Answer, Engine
from kpi_nlsql.schema.building import build_graph
from kpi_nlsql.schema.declared_joins import ForeignKey, declared_joins
from kpi_nlsql.schema.graph import Column, Graph, Join, Table
from kpi_nlsql.schema.sqlite_source import graph_from_sqlite


@pytest.fixture
def library(tmp_path: Path) -> Graph:
    """Readers and their loans, and racks counted by two systems, without a single key."""
    path = tmp_path / "library.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE READER (READER_NO INT, JOINED_ON TEXT)")
        connection.execute("CREATE TABLE LOAN (LOAN_NO INT, BORROWER_NO INT, LENT_ON TEXT)")
        connection.execute("CREATE TABLE RACK (ROOM_CODE TEXT, RACK_NO INT, METRES REAL)")
        connection.execute("CREATE TABLE STOCKTAKE (ROOM TEXT, RACK INT, BOOKS INT)")
        days = [f"2024-03-{day:02}" for day in range(1, 31)]
        connection.executemany(
            "INSERT INTO READER VALUES (?, ?)", [(41_000 + 7 * n, days[n]) for n in range(30)]
        )
        connection.executemany(
            "INSERT INTO LOAN VALUES (?, ?, ?)",
            [(n, 41_000 + 7 * (n % 20), days[n % 30]) for n in range(60)],
        )
        places = [(f"R{room}", rack) for room in range(12) for rack in range(1, 6)]
        connection.executemany("INSERT INTO RACK VALUES (?, ?, 1.5)", places)
        connection.executemany("INSERT INTO STOCKTAKE VALUES (?, ?, 40)", places[:50])
    return graph_from_sqlite(path)


def _between(graph: Graph, left: str, right: str) -> Join:
    return graph.joins_between(left, right)[0]


def test_telling_numbers_join_columns_of_different_names(library: Graph) -> None:
    join = _between(library, "LOAN", "READER")
    assert (join.left_columns, join.right_columns) == (("BORROWER_NO",), ("READER_NO",))


def test_dates_alone_join_nothing(library: Graph) -> None:
    joins = library.joins_between("LOAN", "READER")
    assert not any("LENT_ON" in join.left_columns for join in joins)


def test_inventory_numbers_that_begin_with_a_year_are_no_dates() -> None:
    numbers = Column("ITEM_NO", values=("1985-024", "1986-047", "2011-120"))
    months = Column("MONTH", values=("2024-05", "2024-06"))
    days = Column("LENT_ON", values=("2024-05-03", "2024-06-30T08:15"))
    assert [column.dated for column in (numbers, months, days)] == [False, True, True]


def test_rows_meet_on_two_columns_where_none_tells_them_apart(library: Graph) -> None:
    engine = Engine(library)
    answer = engine.read("Show me all racks without a stocktake")
    assert isinstance(answer, Answer)
    sql = answer.sql("sqlite")
    assert '"ROOM_CODE" = ' in sql
    assert '"RACK_NO" = ' in sql


def test_numbers_of_the_rows_come_before_what_else_they_share() -> None:
    tags = tuple(f"EQ{n}" for n in range(20))
    serials = tuple(f"SN-{n:03}" for n in range(20))
    register = (_code("ASSET_TAG", tags), _code("SERIAL_NO", serials))
    ledger = (_code("EQUIP_NO", tags), _code("SERIAL_NO", serials))
    tables = [Table("REGISTER", columns=register), Table("LEDGER", columns=ledger)]
    found = _between(build_graph("plant", tables), "REGISTER", "LEDGER")
    assert (found.left_columns, found.right_columns) == (("ASSET_TAG",), ("EQUIP_NO",))


def test_two_words_for_one_thing_number_the_same_rows() -> None:
    names = tuple(f"Firm {n} & Sons" for n in range(20))
    ours = (Column("supp_no", "int", unique=True), _code("supp_nm", names))
    theirs = (Column("vendor_nbr", "int", unique=True), _code("vendor_nm", names))
    tables = [Table("supplier", columns=ours), Table("sap_vendor", columns=theirs)]
    found = _between(build_graph("shop", tables), "supplier", "sap_vendor")
    assert (found.left_columns, found.right_columns) == (("supp_no",), ("vendor_nbr",))


def test_numbers_that_stand_first_join_though_nothing_calls_them_keys(tmp_path: Path) -> None:
    path = tmp_path / "chambers.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE gate_log (fob INT, opened INT)")
        connection.execute("CREATE TABLE holders (holder INT, town_tax INT)")
        numbers = [(70_000 + 13 * n, 2_000 + 5 * n) for n in range(40)]
        connection.executemany("INSERT INTO gate_log VALUES (?, ?)", numbers)
        connection.executemany("INSERT INTO holders VALUES (?, ?)", numbers[:30])
    found = graph_from_sqlite(path).joins_between("gate_log", "holders")
    assert [(join.left_columns, join.right_columns) for join in found] == [(("fob",), ("holder",))]


def test_rows_counted_from_one_on_share_no_number(tmp_path: Path) -> None:
    path = tmp_path / "counted.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE harbours (hbid INT, depth REAL)")
        connection.execute("CREATE TABLE ferries (frid INT, length REAL)")
        connection.executemany(
            "INSERT INTO harbours VALUES (?, 9.5)", [(3 * n,) for n in range(700)]
        )
        connection.executemany(
            "INSERT INTO ferries VALUES (?, 80.5)", [(n,) for n in range(1, 1500)]
        )
    assert not graph_from_sqlite(path).joins_between("harbours", "ferries")


def test_a_few_shared_codes_of_keys_are_no_chance() -> None:
    theirs = tuple(f"TX{n}" for n in range(30))
    ours = (*theirs[:8], *(f"OWN{n}" for n in range(60)))
    tables = [
        Table("guide", columns=(_code("guide_id", theirs),)),
        Table(
            "locker",
            columns=(
                _code("locker_no", tuple(f"L{n}" for n in range(68))),
                _code("staff_id", ours),
            ),
        ),
    ]
    found = _between(build_graph("museum", tables), "guide", "locker")
    assert (found.left_columns, found.right_columns) == (("guide_id",), ("staff_id",))


def _code(name: str, values: tuple[str, ...]) -> Column:
    return Column(name, "text", values=values, unique=True)


def test_evidence_for_joins_is_not_kept_in_the_graph(library: Graph) -> None:
    assert not any(column.numbers for table in library.tables for column in table.columns)
    assert Graph.from_json(library.to_json()) == library


def test_columns_called_by_signs_alone_do_not_hinder_a_graph(tmp_path: Path) -> None:
    path = tmp_path / "signs.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('CREATE TABLE "№" ("№" INT, "" INT, price REAL)')
        connection.execute("CREATE TABLE sold (price REAL)")
    graph = graph_from_sqlite(path)
    assert isinstance(Engine(graph).read("List all sold"), Answer)
    assert [column.display_names[0] for column in graph.table("№").columns][:2] == ["№", "unnamed"]


def test_foreign_keys_are_spelt_as_the_columns_and_lead_to_tables_that_are_there() -> None:
    parent = Table("Parent", columns=(Column("Id"),), primary_key=("Id",))
    child = Table("child", columns=(Column("parent_id"),))
    keys = [
        ForeignKey("child", ("PARENT_ID",), "parent"),
        ForeignKey("child", ("parent_id",), "gone", ("id",)),
        ForeignKey("child", ("parent_id",), "Parent", ("gone",)),
    ]
    (join,) = declared_joins([parent, child], keys)
    assert (join.left_columns, join.right_table, join.right_columns) == (
        ("parent_id",),
        "Parent",
        ("Id",),
    )


def _meters(path: Path) -> Graph:
    """Meters read and billed by station, line and month, each system in its own words."""
    months = [f"2024-{month:02}" for month in range(1, 13)]
    rows = [(f"ST{s:02}", f"L{n}", month) for s in range(12) for n in (1, 2) for month in months]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE READING (STATION_CD TEXT, LINE_NO TEXT, READ_MONTH TEXT)")
        connection.execute("CREATE TABLE BILLING (STN_CODE TEXT, LINE_NO TEXT, BILL_MONTH TEXT)")
        connection.executemany("INSERT INTO READING VALUES (?, ?, ?)", rows)
        connection.executemany("INSERT INTO BILLING VALUES (?, ?, ?)", rows[:200])
    return graph_from_sqlite(path)


def test_rows_meet_on_three_columns_where_two_do_not_tell_them_apart(tmp_path: Path) -> None:
    join = _between(_meters(tmp_path / "meters.sqlite"), "READING", "BILLING")
    pairs = set(zip(join.left_columns, join.right_columns, strict=True))
    month = ("READ_MONTH", "BILL_MONTH")
    assert pairs == {("STATION_CD", "STN_CODE"), ("LINE_NO", "LINE_NO"), month}


def test_days_of_different_events_are_no_part_of_a_key(tmp_path: Path) -> None:
    path = tmp_path / "hall.sqlite"
    days = [f"2024-05-{day:02}" for day in range(1, 31)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE shelf_count (hall_cd TEXT, sku TEXT, counted_dt TEXT)")
        connection.execute("CREATE TABLE leaver (hall_cd TEXT, leave_dt TEXT)")
        counts = [(f"H{n % 12}", f"SKU{n}", days[n % 30]) for n in range(60)]
        connection.executemany("INSERT INTO shelf_count VALUES (?, ?, ?)", counts)
        leavers = [(f"H{n % 12}", days[(7 * n) % 20]) for n in range(20)]
        connection.executemany("INSERT INTO leaver VALUES (?, ?)", leavers)
    joins = graph_from_sqlite(path).joins_between("shelf_count", "leaver")
    assert not any("counted_dt" in join.left_columns for join in joins)


def test_two_holders_of_a_third_tables_key_meet_directly() -> None:
    all_skus = tuple(f"SKU{n:03}" for n in range(60))
    master = Table("master", columns=(Column("sku", "text", values=all_skus, unique=True),))
    prices = Table("price_list", columns=(_code("item_ref", all_skus[:30]),))
    plan = Table("plan_file", columns=(_code("product_code", all_skus[25:50]),))
    graph = build_graph("shop", [master, prices, plan])
    join = _between(graph, "price_list", "plan_file")
    assert (join.left_columns, join.right_columns) == (("item_ref",), ("product_code",))


def test_orders_of_two_kinds_share_no_number() -> None:
    ours = Table("po_line", columns=(_code("po_no", tuple(f"PO{n}" for n in range(20))),))
    theirs = Table("so_line", columns=(_code("order_no", tuple(f"SO{n}" for n in range(20))),))
    assert not build_graph("shop", [ours, theirs]).joins_between("po_line", "so_line")


def test_rows_refer_to_others_by_their_name_beside_declared_keys() -> None:
    names = tuple(f"Mill {n} & Sons" for n in range(20))
    mills = Table(
        "mills",
        columns=(
            Column("mill_no", "integer", unique=True),
            Column("mill_name", "text", values=names, unique=True),
            Column("country", "text", values=("Italy", "Spain")),
        ),
        primary_key=("mill_no",),
        row_count=20,
    )
    rolls = Table(
        "rolls",
        columns=(Column("roll_no", "integer"), Column("Mill Name", "text", values=names[:18])),
        row_count=90,
    )
    looms = Table("looms", columns=(Column("loom", "text"), Column("mill_no", "integer")))
    declared = [Join("looms", ("mill_no",), "mills", ("mill_no",))]
    engine = Engine(build_graph("weaving", [mills, rolls, looms], declared))
    answer = engine.read("Rolls from mills in Italy")
    assert isinstance(answer, Answer)
    assert '"rolls"."Mill Name" = "mills"."mill_name"' in answer.sql("sqlite")


def test_no_table_links_rows_to_others_by_what_they_have_themselves() -> None:
    halls = Table("halls", columns=(Column("hall", "text", unique=True),), primary_key=("hall",))
    key = (Column("hall", "text"), Column("part", "text"))
    kept = Table("kept_parts", columns=key, primary_key=("hall", "part"))
    used = Table("used_parts", columns=(*key, Column("used_on", "date")))
    joins = [
        Join("kept_parts", ("hall",), "halls", ("hall",)),
        Join("used_parts", ("hall",), "halls", ("hall",)),
        Join("kept_parts", ("hall", "part"), "used_parts", ("hall", "part"), score=0.9),
    ]
    answer = Engine(build_graph("works", [halls, kept, used], joins)).read(
        "Kept parts without a hall"
    )
    assert isinstance(answer, Answer)
    assert "used_parts" not in answer.sql("sqlite")
