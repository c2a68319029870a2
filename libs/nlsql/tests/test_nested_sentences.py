"""Rows set against others of their table, and tables joined to tell of one thing.

``cases/nested.json`` maps a sentence of each schema to the SQL (SQLite, unquoted) it must give.
"""

from __future__ import annotations

import pytest

from .cases.written import by_schema, sql_of


@pytest.mark.parametrize(("schema", "sentence", "sql"), by_schema("nested"))
def test_a_row_is_set_against_the_rows_that_the_sentence_means(
    schema: str, sentence: str, sql: str
) -> None:
    assert sql_of(schema, sentence) == sql
