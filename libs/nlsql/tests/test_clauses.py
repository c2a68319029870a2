"""Several clauses about the same rows: each by its own key, joined by and, but, or, nor.

``cases/clauses.json`` maps a sentence of each schema to the SQL (SQLite, unquoted) it must give.
"""

from __future__ import annotations

import pytest

from .cases.written import by_schema, sql_of


@pytest.mark.parametrize(("schema", "sentence", "sql"), by_schema("clauses"))
def test_each_clause_holds_of_the_rows_asked_for(schema: str, sentence: str, sql: str) -> None:
    assert sql_of(schema, sentence) == sql
