"""Ablation: what every condition of the engine is worth, by reading questions without it.

    python libs/nlsql/tools/switched.py --package libs/nlsql/src/kpi_nlsql --out switched
    PYTHONPATH=switched python libs/nlsql/tools/ablate.py --switches switched/switches.json \
        --questions questions.jsonl --databases db --out ablation.jsonl

Reads JSON lines ``{"db", "question", "gold_sql"}``. Each switch is put off alone, and at most
``--most`` of the questions in which it decided something are read again. Writes a line for each:
what ``switches.json`` tells, ``fired`` (questions it decided something in), ``tried``, ``changed``
(other SQL or confidence), ``raised``, and ``worth``: what was lost without it. A right answer is
worth 1, a wrong one -1.5, a refusal nothing. With ``fired`` 0 or ``changed`` 0 a condition carries
nothing; with a ``worth`` of 0 or less it does no good. Whether it guards an index or makes the code
true in principle is for the reader to judge.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import cpu_count, get_context
from pathlib import Path
from typing import Any

from kpi_nlsql import Answer, Engine, ReadOptions, switch  # type: ignore[attr-defined]
from kpi_nlsql.schema.sqlite_source import graph_from_sqlite

_WRONG = -1.5
_SECONDS = 2.0
"""A condition that ends a loop may be the one that is off."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The SQL of a question (None of a refusal), its confidence, and its worth."""

    sql: str | None
    confidence: float
    worth: float


def main() -> None:
    """Read all questions, then each switch's without it, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("switches", "questions", "databases", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("--processes", type=int, default=cpu_count())
    options = parser.parse_args()
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    reader = _Reader([json.loads(line) for line in lines], options.databases, options.most)
    switches = json.loads(options.switches.read_text(encoding="utf-8"))
    # Forked, each process has the engines of the reader, but a switch of its own.
    pool = partial(get_context("fork").Pool, options.processes, _share, (reader,))
    with pool() as processes:
        reader.learn(processes.map(_whole, range(len(reader.questions)), chunksize=50))
    with pool() as processes, options.out.open("w", encoding="utf-8") as out:
        for number, found in processes.imap(_without, range(len(switches)), chunksize=20):
            out.write(json.dumps(switches[number] | found) + "\n")


class _Reader:
    """Reads the questions, with a switch off or none."""

    def __init__(self, questions: Sequence[Mapping[str, Any]], databases: Path, most: int) -> None:
        self.questions, self.databases, self.most = questions, databases, most
        self.readings: list[Reading] = []
        self.fired: Mapping[int, list[int]] = {}
        for name in {question["db"] for question in questions}:
            self._engine(name)

    def whole(self, at: int) -> tuple[Reading, frozenset[int]]:
        """Return the reading of a question with every switch on, and those that decided it."""
        switch.off = -1
        switch.decided.clear()
        return self._read(at), frozenset(switch.decided)

    def learn(self, found: Iterable[tuple[Reading, frozenset[int]]]) -> None:
        """Take the readings of all questions for those to compare with."""
        fired = defaultdict(list)
        for at, (reading, decided) in enumerate(found):
            self.readings.append(reading)
            for number in decided:
                fired[number].append(at)
        self.fired = fired

    def without(self, number: int) -> dict[str, float]:
        """Return what becomes of the questions that a switch decides something in."""
        asked = self.fired.get(number, [])
        tried = random.Random(number).sample(asked, min(len(asked), self.most))  # noqa: S311
        switch.off = number
        readings = [self._in_time(at) for at in tried]
        before = [self.readings[at] for at in tried]
        return {
            "fired": len(asked),
            "tried": len(tried),
            "changed": sum(one != other for one, other in zip(readings, before, strict=True)),
            "raised": readings.count(None),
            "worth": sum(one.worth for one in before) - sum(one.worth for one in readings if one),
        }

    def _in_time(self, at: int) -> Reading | None:
        """Return the reading of a question; None if it raises, or finds no end."""
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, _SECONDS)
        try:
            return self._read(at)
        except Exception:
            return None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _read(self, at: int) -> Reading:
        question = self.questions[at]
        read = self._engine(question["db"]).read(question["question"], ReadOptions())
        if not isinstance(read, Answer):
            return Reading(None, 0.0, 0.0)
        sql = read.sql("sqlite")
        right = self._rows(question["db"], sql) == self._rows(question["db"], question["gold_sql"])
        return Reading(sql, read.confidence, 1.0 if right else _WRONG)

    @cache  # noqa: B019 - lives as long as the tool
    def _engine(self, database: str) -> Engine:
        return Engine(graph_from_sqlite(self.databases / f"{database}.sqlite"))

    @cache  # noqa: B019
    def _rows(self, database: str, sql: str) -> Counter[str] | None:
        path = self.databases / f"{database}.sqlite"
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        connection.text_factory = lambda data: data.decode(errors="replace")
        try:
            return Counter(map(repr, connection.execute(sql)))
        except sqlite3.Error:
            return None
        finally:
            connection.close()


_shared: list[_Reader] = []
"""The reader of this process."""


def _share(reader: _Reader) -> None:
    _shared.append(reader)


def _whole(at: int) -> tuple[Reading, frozenset[int]]:
    return _shared[0].whole(at)


def _without(number: int) -> tuple[int, dict[str, float]]:
    return number, _shared[0].without(number)


def _stop(_signal: int, _frame: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
