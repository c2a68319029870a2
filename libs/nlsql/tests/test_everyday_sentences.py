"""Questions as people put them in passing: "do we have any …", "have we ever …", "as well".

``cases/everyday.json`` maps a sentence of each schema to the SQL (SQLite, unquoted) it must give.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpi_nlsql import Answer, Engine, ReadOptions

from .cases.schemas import SCHEMAS

_WRITTEN = json.loads((Path(__file__).parent / "cases" / "everyday.json").read_text("utf-8"))
_CASES = [
    (schema, sentence, sql) for schema, cases in _WRITTEN.items() for sentence, sql in cases.items()
]
_ENGINES = {name: Engine(SCHEMAS[name]) for name in _WRITTEN}


@pytest.mark.parametrize(("schema", "sentence", "sql"), _CASES)
def test_an_everyday_question_is_read_as_a_report_would_put_it(
    schema: str, sentence: str, sql: str
) -> None:
    answer = _ENGINES[schema].read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "") == sql
