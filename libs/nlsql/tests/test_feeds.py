"""Sentences over landed tables of six trades, which the grammar was not written with.

``cases/feeds/<database>/`` holds the schema, the rows and the sentences with SQL that gives the
rows each must give. They were written apart from the grammar; what they showed has been mended
since, so they now hold the reached share rather than tell how often an unseen sentence is read
right.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from kpi_nlsql import Answer, Engine
from kpi_nlsql.sqlite_source import graph_from_sqlite

_FOLDER = Path(__file__).parent / "cases" / "feeds"
_NULL = "\\N"
_LEAST_RIGHT = 0.94
_LEAST_PRECISION = 0.98

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Score:
    """How many sentences there are, how many were answered, and which answers are right."""

    sentences: int
    answered: int
    wrong: tuple[str, ...]

    @property
    def right(self) -> int:
        """The answers that give the rows they must."""
        return self.answered - len(self.wrong)


@pytest.fixture(scope="module")
def score(tmp_path_factory: pytest.TempPathFactory) -> Score:
    folder = tmp_path_factory.mktemp("feeds")
    sentences = answered = 0
    wrong: list[str] = []
    for case in sorted(path for path in _FOLDER.iterdir() if path.is_dir()):
        database = _built(case, folder)
        engine = Engine(graph_from_sqlite(database))
        with closing(sqlite3.connect(database)) as connection:
            for sentence, sql in json.loads((case / "sentences.json").read_text("utf-8")).items():
                sentences += 1
                read = engine.read(sentence)
                if isinstance(read, Answer):
                    answered += 1
                    given = connection.execute(read.sql("sqlite")).fetchall()
                    if not _holds(given, connection.execute(sql).fetchall()):
                        wrong.append(f"{case.name}: {sentence}")
    return Score(sentences, answered, tuple(wrong))


def test_nearly_all_of_them_are_answered_rightly(score: Score) -> None:
    assert score.sentences == 160
    assert score.right / score.sentences >= _LEAST_RIGHT, score


def test_hardly_any_answer_is_wrong(score: Score) -> None:
    assert score.right / score.answered >= _LEAST_PRECISION, score.wrong


def _built(case: Path, folder: Path) -> Path:
    path = folder / f"{case.name}.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((case / "schema.sql").read_text("utf-8"))
        for table in sorted(case.glob("*.csv")):
            with table.open(encoding="utf-8", newline="") as lines:
                rows = [[_cell(text) for text in row] for row in csv.reader(lines)]
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f'INSERT INTO "{table.stem}" VALUES ({marks})', rows)
        connection.commit()
    return path


def _cell(text: str) -> str | None:
    return None if text == _NULL else text


def _holds(given: Rows, expected: Rows) -> bool:
    """Tell whether some columns of the rows given are the rows expected, whatever their order."""
    if len(given) != len(expected) or not expected:
        return len(given) == len(expected)
    mine, theirs = (
        [Counter(column) for column in zip(*rows, strict=True)] for rows in (given, expected)
    )
    chosen: list[int] = []
    for column in theirs:
        found = [at for at, other in enumerate(mine) if other == column and at not in chosen]
        if not found:
            return False
        chosen.append(found[0])
    return Counter(tuple(row[at] for at in chosen) for row in given) == Counter(
        map(tuple, expected)
    )
