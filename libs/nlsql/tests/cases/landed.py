"""Sentences over landed tables, kept as text: a schema, its rows, and what each must give.

A folder holds one folder a database: ``schema.sql``, a CSV file per table and ``sentences.json``,
which gives for each sentence the SQL whose rows it must give, or a list where several are right.
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

from kpi_nlsql import Answer, Engine
from kpi_nlsql.schema.sqlite_source import graph_from_sqlite

_NULL = "\\N"

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

    @property
    def share(self) -> float:
        """The share of all sentences that is answered rightly, 0..1."""
        return self.right / self.sentences

    @property
    def precision(self) -> float:
        """The share of the answers that is right, 0..1."""
        return self.right / self.answered


def score(feeds: Path, scratch: Path) -> Score:
    """Read every sentence of a folder's databases, which are built in `scratch`."""
    sentences = answered = 0
    wrong: list[str] = []
    for case in sorted(path for path in feeds.iterdir() if path.is_dir()):
        database = built(case, scratch)
        engine = Engine(graph_from_sqlite(database))
        with closing(sqlite3.connect(database)) as connection:
            for sentence, right in json.loads((case / "sentences.json").read_text("utf-8")).items():
                sentences += 1
                read = engine.read(sentence)
                if not isinstance(read, Answer):
                    continue
                answered += 1
                given = connection.execute(read.sql("sqlite")).fetchall()
                queries = [right] if isinstance(right, str) else right
                if not any(holds(given, connection.execute(sql).fetchall()) for sql in queries):
                    wrong.append(f"{case.name}: {sentence}")
    return Score(sentences, answered, tuple(wrong))


def built(case: Path, folder: Path) -> Path:
    """Return the SQLite file of a database that is kept as text, made in a folder."""
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


def holds(given: Rows, expected: Rows) -> bool:
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
