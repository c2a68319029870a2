"""Predicting SQL for a file of questions over SQLite databases, for measuring the engine."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from kpi_nlsql.answer import Answer
from kpi_nlsql.engine import Engine, ReadOptions
from kpi_nlsql.judging.confidence import DEFAULT_MINIMUM
from kpi_nlsql.schema.sqlite_source import graph_from_sqlite


def main(arguments: list[str] | None = None) -> int:
    """Run ``python -m kpi_nlsql predict``; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m kpi_nlsql")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("predict", help="write SQL for questions over SQLite databases")
    command.add_argument(
        "--questions", type=Path, required=True, help="JSON lines: id, db, question"
    )
    command.add_argument(
        "--databases", type=Path, required=True, help="folder of <db>.sqlite files"
    )
    command.add_argument("--out", type=Path, required=True, help="JSON lines: id, sql, confidence")
    command.add_argument("--min-confidence", type=float, default=DEFAULT_MINIMUM)
    options = parser.parse_args(arguments)
    with options.questions.open(encoding="utf-8") as lines:
        questions = [json.loads(line) for line in lines if line.strip()]
    with options.out.open("w", encoding="utf-8") as out:
        for prediction in predict(questions, options.databases, options.min_confidence):
            out.write(json.dumps(prediction, ensure_ascii=False) + "\n")
    return 0


def predict(
    questions: Iterable[dict[str, Any]], databases: Path, minimum: float
) -> Iterator[dict[str, Any]]:
    """Yield ``{"id", "sql", "confidence"}`` for each question; ``sql`` None where it abstains."""

    @lru_cache(maxsize=8)
    def engine(name: str) -> Engine:
        return Engine(graph_from_sqlite(databases / f"{name}.sqlite"))

    options = ReadOptions(minimum_confidence=minimum)
    for question in questions:
        read = engine(question["db"]).read(question["question"], options)
        if isinstance(read, Answer):
            yield {"id": question["id"], "sql": read.sql("sqlite"), "confidence": read.confidence}
        else:
            best = max((other.confidence for other in read.alternatives), default=0.0)
            yield {"id": question["id"], "sql": None, "confidence": best}
