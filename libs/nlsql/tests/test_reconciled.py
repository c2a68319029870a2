"""Reconciliation and duplicates, each with a further condition on either side.

``cases/reconciled.json`` maps a sentence of each schema to the SQL (SQLite, unquoted) it must give.
"""

from __future__ import annotations

import pytest

from .cases.written import by_schema, sql_of


@pytest.mark.parametrize(("schema", "sentence", "sql"), by_schema("reconciled"))
def test_tables_are_set_against_each_other(schema: str, sentence: str, sql: str) -> None:
    assert sql_of(schema, sentence) == sql
