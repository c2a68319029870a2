"""A model's endpoint, a small shop in SQLite, and a planner that knows both."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kpi_executor.llm import ChatClient, Examiner, ModelEndpoint, SecondReader
from kpi_executor.lookups import GraphReference
from kpi_executor.planning import Planner
from kpi_executor.sources import Source, SourcePolicy, source_from
from kpi_nlsql import Column, Graph, Join, Table

from .model_server import ModelServer, serving

MODEL = "stub-1"
KEY = "sk-very-secret"
GRAPH = Graph(
    "shop",
    dialect="sqlite",
    tables=(
        Table(
            "orders",
            "main",
            (
                Column("id", "INTEGER"),
                Column("customer_id", "INTEGER"),
                Column("status", "TEXT", values=("open", "paid")),
                Column("total", "REAL"),
            ),
            primary_key=("id",),
            row_count=5,
            display_names=("orders", "order"),
        ),
        Table(
            "customers",
            "main",
            (Column("id", "INTEGER"), Column("name", "TEXT")),
            primary_key=("id",),
            row_count=3,
            display_names=("customers", "customer"),
        ),
    ),
    joins=(Join("orders", ("customer_id",), "customers", ("id",)),),
)
REFERENCE = GraphReference(1, 1, "shop", 1, "sqlite")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Source:
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE orders (
            id INTEGER PRIMARY KEY, customer_id INTEGER, status TEXT, total REAL
        );
        CREATE TABLE secrets (word TEXT);
        INSERT INTO customers VALUES (1, 'Ada'), (2, 'Ben'), (3, 'Cy');
        INSERT INTO orders VALUES (1, 1, 'open', 5), (2, 1, 'paid', 7), (3, 2, 'open', 1.5),
            (4, 9, 'paid', 2), (5, 3, 'open', 4);
        """
    )
    connection.close()
    return source_from("shop", str(path))


MakeReader = Callable[..., SecondReader]


@pytest.fixture
def make_reader(server: ModelServer, shop: Source, tmp_path: Path) -> MakeReader:
    def make(timeout_seconds: float = 20.0, source: Source = shop) -> SecondReader:
        endpoint = ModelEndpoint(server.url, MODEL, KEY, timeout_seconds)
        examiner = Examiner(lambda _: source, SourcePolicy(), tmp_path)
        return SecondReader(ChatClient(endpoint), examiner)

    return make


MakePlanner = Callable[[SecondReader | None], Planner]


@pytest.fixture
def make_planner() -> MakePlanner:
    return lambda second: Planner(lambda _: GRAPH.to_json(), lambda _: None, second)


@pytest.fixture
def planner(make_planner: MakePlanner, make_reader: MakeReader) -> Planner:
    return make_planner(make_reader())
