"""Ordinary KPI queries pass, rewritten but meaning the same."""

from __future__ import annotations

import time

import pytest

from kpi_executor.guard import guard

TABLES = {
    ("public", "products"),
    ("public", "orders"),
    ("main", "RBP GPU"),
    ("main", "OPS Excel"),
}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from products", 'SELECT * FROM "public"."products" AS products'),
        (
            "select p.id from public.products p -- all of them",
            'SELECT p.id FROM "public"."products" AS p',
        ),
        (
            "select public.products.id from public.products",
            'SELECT products.id FROM "public"."products" AS products',
        ),
        (
            "select count(distinct a) filter (where b) from products /* why not */",
            'SELECT COUNT(DISTINCT a) FILTER(WHERE b) FROM "public"."products" AS products',
        ),
        ("select 1;", "SELECT 1"),
    ],
)
def test_sql_is_written_anew_with_qualified_tables_and_no_comments(sql: str, expected: str) -> None:
    assert guard(sql, "postgresql", TABLES).sql == expected


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT a.id FROM "RBP GPU" a LEFT JOIN "OPS Excel" b ON a.id = b.id WHERE b.id IS NULL',
        'SELECT id FROM "RBP GPU" EXCEPT SELECT id FROM "OPS Excel"',
        'SELECT id, count(*) FROM "RBP GPU" GROUP BY id HAVING count(*) > 1 ORDER BY 2 LIMIT 5',
        'SELECT * FROM "RBP GPU" WHERE id NOT IN (SELECT id FROM "OPS Excel" WHERE id IS NOT NULL)',
        'SELECT *, row_number() OVER (PARTITION BY id ORDER BY price DESC) FROM "RBP GPU"',
        'WITH a AS (SELECT * FROM "RBP GPU"), b AS (SELECT * FROM a) SELECT * FROM b',
        "SELECT coalesce(name, '-'), upper(trim(name)), round(price, 2) FROM \"RBP GPU\"",
        "SELECT cast(a AS integer) FROM \"RBP GPU\" WHERE b LIKE 'A%' AND c BETWEEN 1 AND 2",
        "SELECT CASE WHEN price > 10 THEN 'high' ELSE 'low' END AS band FROM \"RBP GPU\"",
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgresql", "mysql", "sqlserver"])
def test_usual_queries_pass_in_every_dialect(sql: str, dialect: str) -> None:
    if dialect == "mysql":
        sql = sql.replace('"', "`")
    assert guard(sql, dialect, TABLES).tables


def test_guarding_twice_changes_nothing() -> None:
    once = guard("select p.id from products p where p.a = 'it''s'", "postgresql", TABLES)
    assert guard(once.sql, "postgresql", TABLES) == once


def test_the_tables_read_are_reported_without_the_names_of_with_queries() -> None:
    sql = "WITH orders2 AS (SELECT * FROM orders) SELECT * FROM orders2 JOIN products USING (id)"
    found = guard(sql, "postgresql", TABLES)
    assert found.tables == {("public", "orders"), ("public", "products")}


def test_names_are_compared_as_the_database_compares_them() -> None:
    assert guard('SELECT * FROM "rbp gpu"', "duckdb", TABLES).tables == {("main", "RBP GPU")}
    assert guard("SELECT * FROM PRODUCTS", "postgresql", TABLES).tables == {("public", "products")}


def test_a_source_without_schemas_keeps_its_plain_names() -> None:
    assert guard("SELECT * FROM t", "sqlite", {("", "t")}).sql == 'SELECT * FROM "t" AS t'


def test_an_ordinary_query_is_checked_in_three_milliseconds() -> None:
    sql = (
        'SELECT p.id, p."name", count(*) AS n, sum(o.amount) FROM products AS p '
        "LEFT JOIN orders AS o ON p.id = o.product_id AND lower(o.status) = 'active' "
        "WHERE p.gpu IS NOT NULL AND p.price BETWEEN 1 AND 10 GROUP BY 1, 2 ORDER BY 3 DESC"
    )

    def seconds() -> float:
        started = time.perf_counter()
        guard(sql, "postgresql", TABLES)
        return time.perf_counter() - started

    seconds()
    # The best of many: this measures the code, not the other programs on the machine.
    assert min(seconds() for _ in range(50)) < 0.003
