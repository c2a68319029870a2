"""(e) A million rows from Postgres to stored Parquet, beside one row of JSON each in Postgres."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import orjson
import psycopg
from psycopg.rows import dict_row

from bench import memory, row_table, servers
from bench.row_table import NumberedText, copy_rows, insert_rows
from bench.table import Better, Line, Row, Samples
from kpi_executor.query import ProcessSettings, QueryPool, QueryTask
from kpi_executor.sources import Source

INSERTED, COPIED = "beside INSERT", "beside COPY"
ROWS = 1_000_000
ROUNDS = 3
BATCH = 10_000
SQL = "SELECT id, sku, name, status, quantity, price, launched, changed FROM products"
FILL = """
    CREATE TABLE products AS SELECT
        n AS id, 'SKU' || lpad(n::text, 8, '0') AS sku, 'Product number ' || n AS name,
        (ARRAY['active', 'inactive', 'planned'])[1 + n %% 3] AS status,
        (n * 7 %% 1000) AS quantity, (n %% 10007)::double precision / 7 AS price,
        date '2020-01-01' + (n %% 2000)::int AS launched,
        timestamptz '2024-01-01' + n * interval '1 second' AS changed
    FROM generate_series(1::bigint, %s) AS n
"""
SIZE = "SELECT pg_total_relation_size('kpi_execution_result_rows')"
Write: TypeAlias = Callable[[psycopg.Connection, int, Iterable[NumberedText]], None]
NOTE = (
    "Ours is the executor's own query process: read, typed, written in row groups, hashed, stored. "
    f"The peers read through the same driver family (psycopg, a cursor on the server, {BATCH:,} "
    "rows at a time) and write one row of JSON for each, to a table that can be paged through. "
    f"One inserts them as an application does (executemany of psycopg, {BATCH:,} rows a batch, one "
    "transaction; SQLAlchemy takes twice as long), the other uses COPY, the fastest way in. Memory "
    "is the peak of the process that does it, its interpreter and libraries included, and stands "
    "beside COPY, as what is stored."
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One way through all rows."""

    rows_per_second: float
    peak_mb: float
    stored_mb: float


def run(directory: Path) -> Row:
    """Measure all ways in turn, each in a fresh process."""
    with servers.postgres(directory) as databases:
        url = databases.create()
        with psycopg.connect(url) as connection:
            connection.execute(FILL, [ROWS])
            connection.execute("ANALYZE products")
            connection.execute(row_table.TABLE)
        ours, copied = [], []
        for number in range(ROUNDS):
            ours.append(_ours(directory, url, number))
            copied.append(_theirs(url, copy_rows))
        inserted = [_theirs(url, _inserted)]
    return Row(
        f"{ROWS:,} rows of 8 columns from Postgres to storage",
        [
            _line(f"speed, {INSERTED}", "rows/s", Better.HIGHER, ours, inserted, "rows_per_second"),
            _line(f"speed, {COPIED}", "rows/s", Better.HIGHER, ours, copied, "rows_per_second"),
            _line("peak memory", "MB", Better.LOWER, ours, copied, "peak_mb"),
            _line("stored", "MB", Better.LOWER, ours, copied, "stored_mb"),
        ],
        [NOTE],
    )


def _line(
    measured: str, unit: str, better: Better, ours: list[Passage], peers: list[Passage], name: str
) -> Line:
    return Line(
        measured=measured,
        unit=unit,
        ours=Samples.of(getattr(passage, name) for passage in ours),
        peer=Samples.of(getattr(passage, name) for passage in peers),
        better=better,
    )


def _ours(directory: Path, url: str, number: int) -> Passage:
    task = QueryTask(
        execution_id=number,
        attempt=1,
        source=Source("bench", "postgresql", url),
        sql=SQL,
        store_url=(directory / "store").as_uri(),
    )
    with QueryPool(1, ProcessSettings(cache=directory / "cache")) as pool:
        pool.submit(_tiny(task)).result(60)  # the process is up, drivers are loaded
        began = time.perf_counter()
        manifest = pool.submit(task).result(60).manifest
        seconds = time.perf_counter() - began
        peak = max(memory.peak(pid) for pid in memory.tree(os.getpid()) if _is_query_process(pid))
    if manifest.rows != ROWS:
        raise RuntimeError(f"{manifest.rows} rows were stored")
    return Passage(ROWS / seconds, peak, manifest.bytes / memory.MB)


def _tiny(task: QueryTask) -> QueryTask:
    return QueryTask(
        execution_id=10_000 + task.execution_id,
        attempt=1,
        source=task.source,
        sql="SELECT id FROM products LIMIT 1",
        store_url=task.store_url,
    )


def _is_query_process(pid: int) -> bool:
    return any("forkserver" in word for word in memory.command(pid))


def _theirs(url: str, write: Write) -> Passage:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(write_json_rows, (url, write))


def _inserted(
    connection: psycopg.Connection, execution_id: int, rows: Iterable[NumberedText]
) -> None:
    insert_rows(connection, execution_id, rows, BATCH)


def write_json_rows(url: str, write: Write) -> Passage:
    """Write all rows as JSON into a table; runs in a process of its own."""
    with (
        psycopg.connect(url, row_factory=dict_row) as reading,
        psycopg.connect(url) as writing,
    ):
        writing.execute("TRUNCATE kpi_execution_result_rows")
        writing.commit()
        began = time.perf_counter()
        with reading.cursor(name="rows") as rows:
            rows.itersize = BATCH
            texts = (orjson.dumps(row).decode() for row in rows.execute(SQL))
            write(writing, 1, enumerate(texts))
        writing.commit()
        seconds = time.perf_counter() - began
        size = writing.execute(SIZE).fetchone()
    return Passage(ROWS / seconds, memory.peak("self"), (size or (0,))[0] / memory.MB)
