"""Composed sentences: what is read alone is read in company, too.

Their words and queries come from ``words.json`` beside the rows of six databases, and their order
from a seed, so a failing sentence can be had again. Those whose rows are none or all of a table
tell nothing and are left out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from kpi_nlsql import Answer, Engine
from kpi_nlsql.schema.sqlite_source import graph_from_sqlite

from .cases.landed import built, holds
from .composed.composing import Composed, Composer
from .composed.words import vocabulary

_FEEDS = Path(__file__).parent / "cases" / "feeds"
_NAMES = sorted(path.parent.name for path in _FEEDS.glob("*/words.json"))
_SENTENCES = 150
_SEED = 2024


@pytest.mark.parametrize("name", _NAMES)
def test_nearly_all_composed_sentences_are_read_rightly(name: str, tmp_path: Path) -> None:
    database = built(_FEEDS / name, tmp_path)
    engine = Engine(graph_from_sqlite(database))
    wrong, refused = list[str](), list[str]()
    with closing(sqlite3.connect(database)) as connection:
        for composed in _telling(connection, name):
            read = engine.read(composed.sentence)
            if not isinstance(read, Answer):
                refused.append(composed.sentence)
                continue
            given = connection.execute(read.sql("sqlite")).fetchall()
            meant = (connection.execute(query).fetchall() for query in composed.meant)
            if not any(holds(given, rows) for rows in meant):
                wrong.append(f"{composed.sentence}  {read.sql('sqlite')}")
    assert len(wrong) <= 0.03 * _SENTENCES, "\n".join(wrong)
    assert len(refused) <= 0.06 * _SENTENCES, "\n".join(refused)


def _telling(connection: sqlite3.Connection, name: str) -> Iterator[Composed]:
    composer = Composer(vocabulary(_FEEDS / name / "words.json"), Random(_SEED))
    seen = set[str]()
    for composed in composer.compose(10 * _SENTENCES):
        rows = connection.execute(composed.meant[0]).fetchall()
        if composed.sentence not in seen and rows and any(map(any, rows)):
            seen.add(composed.sentence)
            yield composed
        if len(seen) == _SENTENCES:
            return
