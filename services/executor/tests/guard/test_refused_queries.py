"""Every query that could write, read elsewhere, hang or harm is refused with a sentence."""

from __future__ import annotations

import time

import pytest

from kpi_executor.guard import UnsafeQuery, guard

TABLES = {("public", "t"), ("public", "users"), ("archive", "users")}

ANY_DIALECT = [
    "SELECT 1; DROP TABLE t",
    "DROP TABLE t",
    "INSERT INTO t VALUES (1)",
    "UPDATE t SET a = 1",
    "DELETE FROM t",
    "TRUNCATE t",
    "EXPLAIN ANALYZE DELETE FROM t",
    "EXPLAIN SELECT 1",
    "SET TRANSACTION READ WRITE; DELETE FROM t",
    "PRAGMA writable_schema = 1",
    "ATTACH 'x.db' AS x",
    "CALL f()",
    "VALUES (1)",
    "",
    "   ",
    ";",
    "SELECT",
    "SELECT * FROM",
    "SELECT 'open",
    "not sql at all",
    "SELECT a INTO x FROM t",
    "SELECT * FROM t FOR UPDATE",
    "SELECT * FROM elsewhere",
    "SELECT * FROM other.public.t",
    "SELECT * FROM users",  # in two schemas
    "SELECT * FROM sqlite_master",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM (WITH z AS (SELECT 1) SELECT * FROM z) q, z",
    "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
    "SELECT * FROM t TABLESAMPLE (10 PERCENT)",
    "SELECT repeat('x', 2000000000)",
    "SELECT random()",
    "SELECT 1\x00",
    "SELECT '\ud800'",
    "SELECT ${x}",
]

POSTGRES = [
    "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
    "WITH d AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM d",
    "COPY t TO PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_catalog.pg_read_file('/etc/passwd')",
    "SELECT \"pg_read_file\"('/etc/passwd')",
    "SELECT * FROM pg_ls_dir('/')",
    "SELECT dblink_exec('host=x', 'DROP TABLE t')",
    "SELECT * FROM dblink('host=x', 'SELECT 1') AS r(a int)",
    "SELECT query_to_xml('delete from t', true, true, '')",
    "SELECT set_config('statement_timeout', '0', false)",
    "SELECT current_setting('data_directory')",
    "SELECT pg_terminate_backend(1)",
    "SELECT pg_sleep(1e6)",
    "SELECT 1 FROM t WHERE (SELECT pg_sleep(1e6)) IS NULL",
    "SELECT 1 FROM t ORDER BY pg_sleep(1e6)",
    "SELECT lo_import('/etc/passwd')",
    "SELECT nextval('s')",
    "SELECT pg_advisory_lock(1)",
    "SELECT * FROM generate_series(1, 1000000000000)",
    "SELECT generate_series(1, 1000000000000)",
    "SELECT * FROM unnest(ARRAY[1, 2])",
    "SELECT * FROM t, LATERAL (SELECT 1) AS x",
    "SELECT * FROM ROWS FROM (pg_ls_dir('/')) AS x",
    "SELECT * FROM ONLY t",
    "SELECT 't'::regclass",
    "SELECT '<a/>'::xml",
    "SELECT a OPERATOR(pg_catalog.+) b FROM t",
    "SELECT $1",
    "SELECT * FROM pg_shadow",
    'SELECT * FROM "T"',  # another table than t
    "SELECT current_user",
    "SHOW ALL",
    "DO $$ BEGIN END $$",
    "LISTEN x",
    "VACUUM",
]

DUCKDB = [
    "SELECT * FROM '/etc/passwd'",
    "FROM '/etc/passwd'",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('t')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM range(1000000000000)",
    "SELECT * FROM duckdb_secrets()",
    "SELECT getenv('HOME')",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '1TB'",
    "SELECT [x FOR x IN [1, 2]]",
    "SELECT columns('.*') FROM t",
    "PIVOT t ON a USING sum(b)",
]

OTHERS = [
    ("mysql", "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */"),
    ("mysql", "SELECT 1 INTO OUTFILE '/tmp/x'"),
    ("mysql", "SELECT LOAD_FILE('/etc/passwd')"),
    ("mysql", "SELECT SLEEP(1000)"),
    ("mysql", "SELECT BENCHMARK(1000000000, MD5('x'))"),
    ("mysql", "SELECT @@datadir"),
    ("mysql", "SELECT @a := 1"),
    ("mysql", "SELECT /*+ MAX_EXECUTION_TIME(0) */ 1"),
    ("sqlserver", "SELECT * FROM OPENROWSET('SQLNCLI', 'x', 'SELECT 1')"),
    ("sqlserver", "SELECT * FROM OPENQUERY(x, 'SELECT 1')"),
    ("sqlserver", "EXEC xp_cmdshell 'dir'"),
    ("oracle", "SELECT UTL_HTTP.REQUEST('http://x') FROM DUAL"),
    ("sqlite", "SELECT load_extension('x')"),
    ("sqlite", "SELECT readfile('/etc/passwd')"),
    ("sqlite", "SELECT writefile('x', 'y')"),
    ("sqlite", "SELECT * FROM pragma_table_info('t')"),
    ("sqlite", "SELECT zeroblob(2000000000)"),
    ("klingon", "SELECT 1"),
]

CASES = [
    *((dialect, sql) for sql in ANY_DIALECT for dialect in ("postgresql", "duckdb", "sqlite")),
    *(("postgresql", sql) for sql in POSTGRES),
    *(("duckdb", sql) for sql in DUCKDB),
    *OTHERS,
]


@pytest.mark.parametrize(("dialect", "sql"), CASES)
def test_a_dangerous_query_is_refused_with_one_sentence(dialect: str, sql: str) -> None:
    with pytest.raises(UnsafeQuery) as refused:
        guard(sql, dialect, TABLES)
    assert "\n" not in refused.value.reason
    assert 10 < len(refused.value.reason) < 400
    assert refused.value.reason.isprintable()


OVERSIZE = {
    "a thousand parentheses": "SELECT " + "(" * 1000 + "1" + ")" * 1000,
    "a megabyte of ANDs": "SELECT 1 WHERE 1 = 1" + " AND 1 = 1" * 100_000,
    "deep CASE": "SELECT " + "CASE WHEN 1 THEN " * 300 + "1" + " END" * 300,
    "many NOTs": "SELECT " + "NOT " * 5_000 + "1",
    "many minus signs": "SELECT " + "- " * 5_000 + "1",
    "deep subqueries": "SELECT * FROM " + "(SELECT * FROM " * 200 + "t" + ")" * 200,
    "deep lists": "SELECT " + "[" * 500 + "]" * 500,
    "open parentheses": "(" * 90_000,
    "many columns": "SELECT " + "a," * 49_000 + "a FROM t",
    "many casts": "SELECT 1" + "::int" * 15_000,
}


@pytest.mark.parametrize("sql", OVERSIZE.values(), ids=OVERSIZE.keys())
@pytest.mark.parametrize("dialect", ["postgresql", "duckdb", "sqlite"])
def test_an_oversize_query_is_refused_in_bounded_time(dialect: str, sql: str) -> None:
    started = time.perf_counter()
    with pytest.raises(UnsafeQuery):
        guard(sql, dialect, TABLES)
    assert time.perf_counter() - started < 3


def test_a_megabyte_is_refused_by_its_length_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(UnsafeQuery, match="longer than 100 kB"):
        guard("SELECT 1" + " AND 1" * 200_000, "postgresql", TABLES)
    assert time.perf_counter() - started < 0.01


def test_ten_thousand_columns_are_within_the_limits() -> None:
    assert guard("SELECT " + "1," * 9_999 + "1", "duckdb", TABLES).sql.count(",") == 9_999


def test_the_reason_names_the_function_and_the_table() -> None:
    with pytest.raises(UnsafeQuery, match="PG_SLEEP is not allowed"):
        guard("SELECT pg_sleep(1)", "postgresql", TABLES)
    with pytest.raises(UnsafeQuery, match=r"'elsewhere' is not in the knowledge graph"):
        guard("SELECT * FROM elsewhere", "postgresql", TABLES)
    with pytest.raises(UnsafeQuery, match=r"several schemas \(archive, public\)"):
        guard("SELECT * FROM users", "postgresql", TABLES)
