"""Sentences written down with the SQL (SQLite, unquoted) that each must give over its schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from kpi_nlsql import Answer, Engine, ReadOptions

from .schemas import SCHEMAS

_FOLDER = Path(__file__).parent


def kept(name: str) -> Any:
    """Return what ``<name>.json`` of this folder holds."""
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))


def by_schema(*names: str) -> list[tuple[str, str, str]]:
    """Return schema, sentence and SQL of files that map the sentences of each schema to SQL."""
    return [
        (schema, sentence, sql)
        for name in names
        for schema, cases in kept(name).items()
        for sentence, sql in cases.items()
    ]


@cache
def engine(schema: str) -> Engine:
    """Return the engine of a written schema."""
    return Engine(SCHEMAS[schema])


def sql_of(schema: str, sentence: str) -> str:
    """Return the SQL of a sentence, however unsure its reading is."""
    answer = engine(schema).read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    return answer.sql("sqlite").replace('"', "")
