"""A small shop in a PostgreSQL database of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kpi_executor.sources import Resources, Source, SourcePolicy, connect, source_from
from kpi_executor.sources.postgresql import PostgresConnector

SHOP = """
    CREATE TABLE product (
        id integer PRIMARY KEY, name text NOT NULL, price numeric(10, 2), vendor varchar(20)
    );
    CREATE TABLE sale (
        id bigint PRIMARY KEY, product_id integer REFERENCES product (id), at timestamptz
    );
    CREATE SCHEMA eu;
    CREATE VIEW eu.cheap AS SELECT * FROM product WHERE price < 5;
    INSERT INTO product VALUES (1, 'tea', 2.50, 'a'), (2, 'coffee', 7.00, 'a'), (3, '', NULL, 'b');
    INSERT INTO sale VALUES (1, 1, '2024-05-06 07:08:09+00');
    ANALYZE;
"""


@pytest.fixture
def shop_url(database_url: str) -> str:
    with psycopg.connect(database_url) as connection:
        connection.execute(SHOP)
    return database_url


@pytest.fixture
def shop(shop_url: str) -> Source:
    return source_from("shop", shop_url)


@pytest.fixture
def resources(tmp_path: Path) -> Resources:
    return Resources(cache=tmp_path / "cache", scratch=tmp_path, timeout_seconds=20)


@pytest.fixture
def connector(shop: Source, resources: Resources) -> Iterator[PostgresConnector]:
    with connect(shop, SourcePolicy(), resources) as opened:
        assert isinstance(opened, PostgresConnector)
        yield opened
