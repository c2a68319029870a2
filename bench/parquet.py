"""(e) A million rows from Postgres to stored Parquet, beside one JSON row each in Postgres."""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from bench import memory, servers
from bench.table import Better, Line, Row, Samples
from kpi_executor.query import ProcessSettings, QueryPool, QueryTask
from kpi_executor.sources import Source

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
ROW_TABLE = """
    CREATE TABLE IF NOT EXISTS result_rows (
        execution_id bigint, row_number bigint, row jsonb, PRIMARY KEY (execution_id, row_number)
    )
"""
NOTE = (
    "Ours is the executor's own query process: read, typed, written in row groups, hashed, stored. "
    f"The peer reads through the same driver family (psycopg, a cursor on the server, {BATCH:,} "
    "rows at a time) and writes with COPY, the fastest way in, to a table that can be paged "
    "through. Memory is the peak of the process that does it, its interpreter and libraries "
    "included."
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One way through all rows."""

    rows_per_second: float
    peak_mb: float
    stored_mb: float


def run(directory: Path) -> Row:
    """Measure both ways in turn, each in a fresh process."""
    with servers.postgres(directory) as databases:
        url = databases.create()
        with psycopg.connect(url) as connection:
            connection.execute(FILL, [ROWS])
            connection.execute("ANALYZE products")
        ours, peers = [], []
        for number in range(ROUNDS):
            ours.append(_ours(directory, url, number))
            peers.append(_theirs(url, number))
    return Row(
        f"{ROWS:,} rows of 8 columns from Postgres to storage",
        [
            _line("speed", "rows/s", Better.HIGHER, ours, peers, "rows_per_second"),
            _line("peak memory", "MB", Better.LOWER, ours, peers, "peak_mb"),
            _line("stored", "MB", Better.LOWER, ours, peers, "stored_mb"),
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


def _theirs(url: str, number: int) -> Passage:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(write_json_rows, (url, number))


def write_json_rows(url: str, execution_id: int) -> Passage:
    """Copy all rows as JSON into a table; runs in a process of its own."""
    with (
        psycopg.connect(url, row_factory=dict_row) as reading,
        psycopg.connect(url) as writing,
    ):
        writing.execute(ROW_TABLE)
        writing.execute("TRUNCATE result_rows")
        writing.commit()
        began = time.perf_counter()
        with (
            reading.cursor(name="rows") as rows,
            writing.cursor().copy("COPY result_rows FROM STDIN") as copy,
        ):
            rows.itersize = BATCH
            for position, row in enumerate(rows.execute(SQL)):
                copy.write_row((execution_id, position, _json(row)))
        writing.commit()
        seconds = time.perf_counter() - began
        size = writing.execute("SELECT pg_total_relation_size('result_rows')").fetchone()
    return Passage(ROWS / seconds, memory.peak("self"), (size or (0,))[0] / memory.MB)


def _json(row: dict[str, Any]) -> str:
    return orjson.dumps(row).decode()
