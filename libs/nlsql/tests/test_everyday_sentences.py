"""Questions as people put them in passing: "do we have any …", "have we ever …", "as well".

``cases/everyday.json`` maps a sentence of each schema to the SQL (SQLite, unquoted) it must give.
"""

from __future__ import annotations

import pytest

from .cases.written import by_schema, sql_of


@pytest.mark.parametrize(("schema", "sentence", "sql"), by_schema("everyday"))
def test_an_everyday_question_is_read_as_a_report_would_put_it(
    schema: str, sentence: str, sql: str
) -> None:
    assert sql_of(schema, sentence) == sql
