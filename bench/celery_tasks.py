"""The peer of the executions row: the same query as a Celery task. Read by `celery worker`."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import Any

from celery import Celery

BROKER, BACKEND = "KPI_BENCH_BROKER", "KPI_BENCH_BACKEND"

app = Celery("bench", broker=os.environ.get(BROKER), backend=os.environ.get(BACKEND))
app.conf.update(
    task_acks_late=True,  # as ours: a task lives on when its worker is killed
    result_extended=True,  # as ours: who asked for what is kept beside the result
    broker_connection_retry_on_startup=True,
)


@app.task(name="bench.query")  # type: ignore[untyped-decorator]
def query(path: str, sql: str) -> list[list[Any]]:
    """Run one query on an SQLite file and return its rows."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [list(row) for row in connection.execute(sql)]
