"""A pool with two query processes, an SQLite file and a DuckDB file to ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kpi_executor.query import ProcessSettings, QueryPool, QueryTask
from kpi_executor.sources import source_from


@dataclass(frozen=True)
class Asker:
    """Makes tasks against two small databases; results go to ``store``."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def sqlite(self, sql: str, **options: Any) -> QueryTask:
        return self._task("shop.sqlite", sql, options)

    def duckdb(self, sql: str, **options: Any) -> QueryTask:
        return self._task("shop.duckdb", sql, options)

    def _task(self, file: str, sql: str, options: dict[str, Any]) -> QueryTask:
        settings: dict[str, Any] = {"timeout_seconds": 30.0} | options
        source = source_from("shop", str(self.folder / file))
        return QueryTask(1, 1, source, sql, self.store.as_uri(), **settings)


@pytest.fixture(scope="session")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Asker:
    folder = tmp_path_factory.mktemp("shop")
    connection = sqlite3.connect(folder / "shop.sqlite")
    connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(1, "x"), (2, "y")])
    connection.commit()
    connection.close()
    with duckdb.connect(str(folder / "shop.duckdb")) as database:
        database.execute("CREATE TABLE t AS SELECT range AS a FROM range(10)")
    return Asker(folder)


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryPool]:
    settings = ProcessSettings(cache=tmp_path_factory.mktemp("cache"), memory_bytes=1 << 30)
    with QueryPool(2, settings) as running:
        yield running
