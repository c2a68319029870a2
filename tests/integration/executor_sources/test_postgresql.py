"""PostgreSQL as a source: exact values, read-only sessions, messages that help."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import socket
import threading
import time
import warnings
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from kpi_executor.sources import (
    ColumnTypesVary,
    Resources,
    SourceError,
    SourcePolicy,
    connect,
    profile,
    source_from,
)
from kpi_executor.sources.postgresql import PostgresConnector
from kpi_executor.sources.profile import ProfileLimits
from kpi_executor.sources.tables import ForeignKey
from kpi_rows.json_values import json_values
from kpi_testkit.eventually import eventually


def read(connector: PostgresConnector, sql: str) -> pa.Table:
    stream = connector.execute(sql)
    return pa.Table.from_batches(list(stream.batches), schema=stream.schema)


def one(connector: PostgresConnector, expression: str) -> object:
    return json_values(read(connector, f"SELECT {expression}").column(0).combine_chunks())[0]


def test_tables_views_and_keys_of_all_schemas_are_reflected(connector: PostgresConnector) -> None:
    found = {(table.schema, table.name): table for table in connector.reflect()}
    assert set(found) == {("eu", "cheap"), ("public", "product"), ("public", "sale")}
    product, sale = found["public", "product"], found["public", "sale"]
    assert [(column.name, column.type, column.nullable) for column in product.columns] == [
        ("id", "integer", False),
        ("name", "text", False),
        ("price", "number", True),
        ("vendor", "text", True),
    ]
    assert (product.primary_key, product.rows) == (("id",), 3)
    assert sale.foreign_keys == (ForeignKey(("product_id",), "public", "product", ("id",)),)


def test_one_schema_can_be_chosen(shop_url: str, resources: Resources) -> None:
    with connect(source_from("shop", shop_url, "eu"), SourcePolicy(), resources) as connector:
        assert [table.name for table in connector.reflect()] == ["cheap"]


def test_profiles_tell_values_and_count_them(connector: PostgresConnector) -> None:
    found = {table.name: table for table in profile(connector, connector.reflect())}
    columns = {column.name: column for column in found["product"].columns}
    assert columns["vendor"].values == ("a", "b")
    assert (columns["id"].distinct, columns["id"].unique) == (3, True)
    assert (columns["price"].distinct, columns["price"].unique) == (2, False)
    assert columns["price"].values == ()


def test_rows_that_the_server_never_counted_are_counted(
    shop_url: str, connector: PostgresConnector
) -> None:
    with psycopg.connect(shop_url) as connection:
        connection.execute("""
            CREATE TABLE rack (room text, rack integer) WITH (autovacuum_enabled = false);
            INSERT INTO rack SELECT 'R' || n % 120, n / 120 FROM generate_series(0, 11999) AS n;
            CREATE VIEW racks AS SELECT * FROM rack;
        """)
    tables = [table for table in connector.reflect() if table.name in ("rack", "racks")]
    assert [table.rows for table in tables] == [None, None]
    for table in profile(connector, tables):
        assert table.rows == 12_000
        assert [column.distinct for column in table.columns] == [120, 100]
    for table in profile(connector, tables, ProfileLimits(whole_below_rows=11_999)):
        assert table.rows is None
        assert [column.distinct for column in table.columns] == [None, None]


def test_names_types_and_values_arrive_exactly(connector: PostgresConnector) -> None:
    sql = (
        'SELECT p.id, s.id, price, name, at, price AS "a""b c" FROM product p '
        "LEFT JOIN sale s ON s.product_id = p.id ORDER BY p.id"
    )
    stream = connector.execute(sql)
    assert stream.names == ("id", "id", "price", "name", "at", 'a"b c')
    table = pa.Table.from_batches(list(stream.batches), schema=stream.schema)
    assert table.schema.types == [
        pa.int32(),
        pa.int64(),
        pa.decimal128(10, 2),
        pa.string(),
        pa.timestamp("us", "UTC"),
        pa.decimal128(10, 2),
    ]
    assert table.to_pylist()[0] == {
        "c0": 1,
        "c1": 1,
        "c2": Decimal("2.50"),
        "c3": "tea",
        "c4": dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC),
        "c5": Decimal("2.50"),
    }
    assert table.column(3).to_pylist() == ["tea", "coffee", ""]
    assert table.column(2).to_pylist()[2] is None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'infinity'::timestamptz", "infinity"),
        ("'-infinity'::timestamp", "-infinity"),
        ("'infinity'::date", "infinity"),
        ("'-infinity'::date", "-infinity"),
        ("'NaN'::float8", "NaN"),
        ("'-Infinity'::float4", "-Infinity"),
        ("'NaN'::numeric", "NaN"),
        ("'Infinity'::numeric", "Infinity"),
        ("1.25::numeric", "1.25"),
        ("-0.050::numeric", "-0.050"),
        ("NULL::numeric", None),
        ("sum(price) FROM product", "9.50"),
        ("sum(9007199254740993::bigint)", "9007199254740993"),
        ("12345678901234567890123456789012345678::numeric", "1234567890" * 3 + "12345678"),
        ("123456789012345678901234567890123456789::numeric", "1234567890" * 3 + "123456789"),
        ("0.1234567890123456789012345678901234567890::numeric", "0." + "1234567890" * 4),
        ("1.5::numeric(50, 3)", "1.500"),
        ("count(*) FROM product", 3),
        ("date '2024-05-06'", "2024-05-06"),
        ("'4713-01-01 BC'::timestamp IS NOT NULL", True),
        ("'{1,2}'::int[]", "{1,2}"),
        ("interval '1 day'", "1 day"),
        ("'{\"a\": 1}'::jsonb", '{"a": 1}'),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("inet '10.0.0.0/8'", "10.0.0.0/8"),
        ("time '09:30'", "09:30:00.000000"),
        ("'\\x00ff'::bytea", "AP8="),
        ("NULL", None),
        ("ROW(1, 2)", "(1,2)"),
    ],
)
def test_every_type_has_a_form(
    connector: PostgresConnector, expression: str, expected: object
) -> None:
    assert one(connector, expression) == expected


@pytest.mark.parametrize(
    ("expression", "remedy"),
    [
        ("timestamp '294276-12-31'", "after the year 294246"),
        ("'NaN'::numeric(10, 2)", "holds NaN"),
        ("nope", "refresh the knowledge graph"),
        ("1 FROM nowhere", "refresh the knowledge graph"),
        ("1 / 0", "divides by zero"),
        ("1 / (100000 - i) FROM generate_series(1, 200000) AS i", "divides by zero"),
        ("('9' || repeat('x', i / 100000))::int FROM generate_series(1, 200000) AS i", "refused"),
        (", ".join(["1"] * 1_700), "more columns"),
        ("set_config('transaction_read_only', 'off', false); DROP TABLE product", "refused"),
    ],
)
def test_what_cannot_be_stored_or_run_says_what_to_do(
    connector: PostgresConnector, expression: str, remedy: str
) -> None:
    with pytest.raises(SourceError, match=remedy) as failed:
        one(connector, expression)
    assert not failed.value.transient


def test_a_query_that_fails_in_its_first_rows_leaves_nothing_open(
    connector: PostgresConnector,
) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(SourceError, match="divides by zero"):
            connector.execute("SELECT 1::numeric / (3 - i) FROM generate_series(1, 3) AS i")
        gc.collect()
    assert [one for one in told if "Cursor" in str(one.message)] == []


def test_amounts_whose_scale_grows_late_are_read_with_exact_types(
    connector: PostgresConnector,
) -> None:
    """A scale that the first batch did not show is asked of all rows."""
    rows = (
        "SELECT CASE WHEN i < 600000 THEN i::numeric ELSE {} END FROM generate_series(1, 600000) i"
    )
    for last, expected in (("0.125", Decimal("0.125")), ("'NaN'::numeric", "NaN")):
        sql = rows.format(last)
        with pytest.raises(ColumnTypesVary):
            read(connector, sql)
        stream = connector.execute(sql, exact_types=True)
        table = pa.Table.from_batches(list(stream.batches), schema=stream.schema)
        assert table.column(0)[-1].as_py() == expected


def test_numbers_without_a_type_in_an_empty_result_are_decimals(
    connector: PostgresConnector,
) -> None:
    for exact in (False, True):
        stream = connector.execute("SELECT 1::numeric WHERE false", exact_types=exact)
        assert stream.schema.types == [pa.decimal128(38, 0)]
        assert list(stream.batches) in ([], [pa.RecordBatch.from_pylist([], schema=stream.schema)])


def test_an_empty_result_has_columns_and_types(connector: PostgresConnector) -> None:
    stream = connector.execute("SELECT id, price FROM product WHERE false")
    assert stream.names == ("id", "price")
    assert stream.schema.types == [pa.int32(), pa.decimal128(10, 2)]
    assert sum(batch.num_rows for batch in stream.batches) == 0


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM product",
        "WITH d AS (DELETE FROM product RETURNING *) SELECT * FROM d",
        "SELECT 1; DROP TABLE product",
        "SELECT * FROM product FOR UPDATE",
        "COPY product TO STDOUT",
    ],
)
def test_the_session_only_reads_even_without_the_guard(
    connector: PostgresConnector, shop_url: str, sql: str
) -> None:
    with pytest.raises(SourceError):
        list(connector.execute(sql).batches)
    with psycopg.connect(shop_url) as connection:
        assert connection.execute("SELECT count(*) FROM product").fetchone() == (3,)


def test_the_server_stops_a_query_that_takes_too_long(shop_url: str, resources: Resources) -> None:
    short = dataclasses.replace(resources, timeout_seconds=0.3)
    with (
        connect(source_from("shop", shop_url), SourcePolicy(), short) as connector,
        pytest.raises(SourceError, match="longer than allowed"),
    ):
        list(connector.execute("SELECT pg_sleep(30)").batches)


def test_cancel_from_another_thread_reaches_the_server(connector: PostgresConnector) -> None:
    failed: list[SourceError] = []

    def ask() -> None:
        try:
            list(connector.execute("SELECT pg_sleep(30) AS cancel_me").batches)
        except SourceError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    eventually(lambda: _cancelled(connector, asking), message="the query ends")
    assert "cancelled" in failed[0].message


def _cancelled(connector: PostgresConnector, asking: threading.Thread) -> bool:
    connector.cancel()
    asking.join(0.1)
    return not asking.is_alive()


def test_wrong_credentials_and_databases_are_told_apart(
    shop_url: str, resources: Resources
) -> None:
    given = psycopg.conninfo.conninfo_to_dict(shop_url)
    server = f"{given['host']}:{given['port']}"
    for url, remedy in (
        (f"postgresql://{given['user']}:wrong@{server}/{given['dbname']}", "password"),
        (f"postgresql://{given['user']}:{given['password']}@{server}/nowhere", "does not exist"),
    ):
        with pytest.raises(SourceError, match=remedy) as failed:
            connect(source_from("shop", url), SourcePolicy(), resources)
        assert not failed.value.transient
        assert str(given["password"]) not in failed.value.message


def test_a_port_without_a_server_may_have_one_later(resources: Resources) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"postgresql://me@127.0.0.1:{bound.getsockname()[1]}/shop"
        with pytest.raises(SourceError, match="Nothing listens there") as failed:
            connect(source_from("shop", url), SourcePolicy(), resources)
    assert failed.value.transient


def test_a_server_that_accepts_and_never_answers_is_given_up(tmp_path: Path) -> None:
    impatient = Resources(cache=tmp_path, scratch=tmp_path, connect_timeout_seconds=2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/shop"
        started = time.monotonic()
        with pytest.raises(SourceError, match="did not answer in time") as failed:
            connect(source_from("shop", url), SourcePolicy(), impatient)
    assert time.monotonic() - started < 6
    assert failed.value.transient


def test_a_query_is_planned_without_being_run(connector: PostgresConnector) -> None:
    connector.explain("SELECT name FROM product WHERE name LIKE '%a'")
    connector.explain("SELECT 1 / (id - id) FROM product")
    with pytest.raises(SourceError, match="nome"):
        connector.explain("SELECT nome FROM product")
