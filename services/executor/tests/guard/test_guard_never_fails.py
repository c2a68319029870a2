"""Whatever the text is, the guard answers with a query or with `UnsafeQuery`."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_executor.guard import GuardedQuery, UnsafeQuery, guard

TABLES = {("main", "t"), ("main", "u")}
DIALECTS = ("sqlite", "duckdb", "postgresql", "mysql", "oracle", "sqlserver")
KEYWORDS = """
    SELECT FROM WHERE WITH RECURSIVE AS UNION EXCEPT ALL JOIN LEFT ON USING GROUP BY ORDER HAVING
    LIMIT OVER PARTITION CASE WHEN THEN END CAST INTO FOR UPDATE DELETE INSERT VALUES LATERAL UNNEST
    PIVOT QUALIFY WINDOW INTERVAL EXTRACT NULL count sum pg_sleep int t u a b.c
"""
SIGNS = """
    ( ) , ; * 'x' "t" 1 1e400 :: [ ] { } -- /* */ $1 @x :y ? = < > || -> ->> ~ ! . % \\ `
    E'\\n' x'ff' N'x' $$ é
"""
WORDS = (*KEYWORDS.split(), *SIGNS.split(), "\x00", "\u202e", "\U0001d518", "\ud800")

queries = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=25).map(lambda words: "SELECT " + " ".join(words)),
    st.lists(st.sampled_from(WORDS), max_size=20).map(
        lambda words: "SELECT a FROM t WHERE " + " ".join(words)
    ),
)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=600, deadline=None)
@given(sql=queries, dialect=st.sampled_from(DIALECTS))
def test_any_text_gives_a_guarded_query_or_a_refusal(sql: str, dialect: str) -> None:
    with suppress(UnsafeQuery):
        found = guard(sql, dialect, TABLES)
        assert isinstance(found, GuardedQuery)
        assert found.tables <= TABLES


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None)
@given(sql=queries, dialect=st.sampled_from(("sqlite", "duckdb", "postgresql")))
def test_what_the_guard_wrote_passes_the_guard(sql: str, dialect: str) -> None:
    with suppress(UnsafeQuery):
        once = guard(sql, dialect, TABLES)
        assert guard(once.sql, dialect, TABLES).tables == once.tables
