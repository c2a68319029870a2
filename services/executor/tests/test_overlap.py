"""Candidate joins are judged by the values that two columns really share."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kpi_executor.overlap import OverlapLimits, with_overlap
from kpi_executor.reflection import graph_of
from kpi_executor.sources import Connector, Resources, SourcePolicy, connect, source_from
from kpi_nlsql import Column, Graph, Join, Table


@pytest.fixture
def shop(tmp_path: Path) -> Connector:
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database:
        database.execute("CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_code TEXT)")
        database.execute("CREATE TABLE customers (customer_code TEXT PRIMARY KEY, name TEXT)")
        database.execute("CREATE TABLE suppliers (customer_code TEXT, town TEXT)")
        codes = [(number, f"C{number:04}") for number in range(200)]
        database.executemany("INSERT INTO orders VALUES (?, ?)", codes)
        database.executemany("INSERT INTO customers VALUES (?, 'x')", [(c,) for _, c in codes])
        database.executemany(
            "INSERT INTO suppliers VALUES (?, 'y')", [(f"S{number}",) for number in range(50)]
        )
        database.execute("CREATE VIEW vips AS SELECT customer_code AS code FROM customers LIMIT 20")
        database.commit()
    source = source_from("shop", str(tmp_path / "shop.sqlite"))
    return connect(source, SourcePolicy(), Resources(tmp_path / "cache", tmp_path))


def pairs(graph: Graph) -> dict[frozenset[str], float]:
    return {frozenset((join.left_table, join.right_table)): join.score for join in graph.joins}


def test_shared_values_raise_a_join_and_foreign_ones_remove_it(shop: Connector) -> None:
    with shop:
        before = graph_of("shop", shop.reflect(), "sqlite")
        after = with_overlap(shop, before)
    true, false = frozenset(("orders", "customers")), frozenset(("orders", "suppliers"))
    assert pairs(after)[true] > pairs(before)[true] - 0.001
    assert any("100% of the sampled values" in join.evidence for join in after.joins)
    assert pairs(after).get(false, 0.0) < pairs(before)[false]


def test_without_time_the_candidates_stay_as_they_are(shop: Connector) -> None:
    with shop:
        graph = graph_of("shop", shop.reflect(), "sqlite")
        assert with_overlap(shop, graph, OverlapLimits(seconds=-1)) == graph


def test_of_the_side_with_fewer_values_the_share_is_told(shop: Connector) -> None:
    with shop:
        tables = (
            Table("customers", "main", (Column("customer_code", distinct=200),)),
            Table("vips", "main", (Column("code", distinct=20),)),
        )
        for join in (
            Join("customers", ("customer_code",), "vips", ("code",), "candidate", 0.6, "alike"),
            Join("vips", ("code",), "customers", ("customer_code",), "candidate", 0.6, "alike"),
        ):
            (found,) = with_overlap(shop, Graph("shop", tables=tables, joins=(join,))).joins
            assert found.evidence == "alike; 100% of the sampled values are shared"
            assert found.left_table == join.left_table
