"""Rows said to be somewhere, or not to be there, however the sentence puts it.

``cases/denials.json`` and ``cases/presence.json`` map a sentence of each schema to the SQL (SQLite,
unquoted) it must give.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpi_nlsql import Answer, Engine, ReadOptions

from .cases.schemas import SCHEMAS

_FOLDER = Path(__file__).parent / "cases"
_CASES = [
    (schema, sentence, sql)
    for kept in ("denials.json", "presence.json")
    for schema, cases in json.loads((_FOLDER / kept).read_text("utf-8")).items()
    for sentence, sql in cases.items()
]
_ENGINES = {name: Engine(SCHEMAS[name]) for name, _, _ in _CASES}


@pytest.mark.parametrize(("schema", "sentence", "sql"), _CASES)
def test_rows_are_looked_for_where_the_sentence_says_they_are_or_are_not(
    schema: str, sentence: str, sql: str
) -> None:
    answer = _ENGINES[schema].read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "") == sql
