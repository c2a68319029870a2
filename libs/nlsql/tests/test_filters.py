"""Conditions on the columns of one row: amounts, texts, dates, gaps, denied and put together.

``cases/filters.json`` maps a sentence of each schema to the SQL (SQLite, unquoted) it must give.
"""

from __future__ import annotations

import pytest

from .cases.written import by_schema, sql_of


@pytest.mark.parametrize(("schema", "sentence", "sql"), by_schema("filters"))
def test_each_condition_is_told_as_it_is_said(schema: str, sentence: str, sql: str) -> None:
    assert sql_of(schema, sentence) == sql
