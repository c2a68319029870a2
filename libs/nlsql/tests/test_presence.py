"""Rows said to be somewhere, or not to be there, however the sentence puts it.

``cases/denials.json`` and ``cases/presence.json`` map a sentence of each schema to the SQL (SQLite,
unquoted) it must give.
"""

from __future__ import annotations

import pytest

from .cases.written import by_schema, sql_of


@pytest.mark.parametrize(("schema", "sentence", "sql"), by_schema("denials", "presence"))
def test_rows_are_looked_for_where_the_sentence_says_they_are_or_are_not(
    schema: str, sentence: str, sql: str
) -> None:
    assert sql_of(schema, sentence) == sql
