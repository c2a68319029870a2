"""Counts, sums and averages, by group and by month; what is above them, first, latest, or only so.

``cases/counts.json`` maps a sentence of each schema to the SQL (SQLite, unquoted) it must give.
"""

from __future__ import annotations

import pytest

from .cases.written import by_schema, sql_of


@pytest.mark.parametrize(("schema", "sentence", "sql"), by_schema("counts"))
def test_counts_and_totals_are_taken_of_the_rows_asked_for(
    schema: str, sentence: str, sql: str
) -> None:
    assert sql_of(schema, sentence) == sql
