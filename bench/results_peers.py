"""What our numbers stand beside: DuckDB on the same files, and one JSON row per row in Postgres."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa

from bench import row_table, servers
from bench.row_table import copy_rows
from kpi_contracts.execution import Manifest
from kpi_rows.json_values import json_values

MEMORY = "512MB"  # of one sort or hash table: what a comparison of ours may take
PAGE = """
    SELECT row_data FROM kpi_execution_result_rows
    WHERE execution_id = 1 ORDER BY row_number LIMIT 50 OFFSET %s
"""
EXCEPT = """
    SELECT count(*) FROM (SELECT row_data FROM {table} WHERE execution_id = %s
                          EXCEPT SELECT row_data FROM {table} WHERE execution_id = %s) AS differing
"""
TEXTS = """
    CREATE TABLE result_texts AS
    SELECT execution_id, row_number, row_data::text AS row_data FROM kpi_execution_result_rows
"""


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Duck:
    """DuckDB over the parts of one result, with its default memory and all cores."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self._files = [str(root / part.key) for part in manifest.parts]
        self._target = root / "copied"
        self._connection = duckdb.connect()

    def page(self, where: str = "true", order: str = "", offset: int = 0) -> float:
        """Seconds for 50 rows."""
        return self._answer(f"SELECT * FROM rows WHERE {where} {order} LIMIT 50 OFFSET {offset}")

    def page_and_total(self, where: str) -> float:
        """Seconds for the first 50 rows and the number of all."""
        return self.page(where) + self._answer(f"SELECT count(*) FROM rows WHERE {where}")

    def copy(self, options: str, order: str = "") -> float:
        """Seconds for an export."""
        files = ", ".join(f"'{file}'" for file in self._files)
        rows = f"SELECT * FROM read_parquet([{files}]) {order}"
        return timed(
            lambda: self._connection.execute(f"COPY ({rows}) TO '{self._target}' ({options})")
        )

    def _answer(self, sql: str) -> float:
        text = sql.replace("rows", "read_parquet($1)", 1)
        return timed(lambda: self._connection.sql(text, params=[self._files]).to_arrow_table())


class JsonRows:
    """Results as rows of JSON in Postgres, read page by page with LIMIT and OFFSET."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(row_table.TABLE)
        self._connection.execute(f"SET work_mem = '{MEMORY}'")

    def load(self, execution_id: int, root: Path, manifest: Manifest) -> float:
        """Copy a stored result in; returns the seconds."""
        return timed(lambda: self._load(execution_id, root, manifest))

    def page(self, first: int) -> float:
        """Seconds for 50 rows from row number `first` on."""
        return timed(lambda: self._connection.execute(PAGE, [first]).fetchall())

    def differences(self, before: int, after: int) -> float:
        """Seconds to count the rows that only one of two results has, both ways."""
        return self._except("kpi_execution_result_rows", before, after)

    def copy_as_texts(self) -> None:
        """Keep copies of all rows as text, for `differences_of_texts`."""
        self._connection.execute(TEXTS)
        self._connection.execute("ANALYZE result_texts")

    def differences_of_texts(self, before: int, after: int) -> float:
        """Seconds for the same over the copies as text, compared byte by byte."""
        return self._except("result_texts", before, after)

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _load(self, execution_id: int, root: Path, manifest: Manifest) -> None:
        copy_rows(self._connection, execution_id, enumerate(_json_texts(root, manifest)))
        self._connection.execute("ANALYZE kpi_execution_result_rows")

    def _except(self, table: str, before: int, after: int) -> float:
        sql = EXCEPT.format(table=table)
        return timed(
            lambda: [
                self._connection.execute(sql, pair).fetchall()
                for pair in ((before, after), (after, before))
            ]
        )


def _json_texts(root: Path, manifest: Manifest) -> Iterator[str]:
    names = ", ".join(f'c{i} AS "{column.name}"' for i, column in enumerate(manifest.columns))
    files = [str(root / part.key) for part in manifest.parts]
    sql = f"SELECT to_json(r)::VARCHAR FROM (SELECT {names} FROM read_parquet($1)) r"
    reader = duckdb.connect().sql(sql, params=[files]).to_arrow_reader(65_536)
    for batch in reader:
        yield from _texts(batch)


def _texts(batch: pa.RecordBatch) -> Sequence[str]:
    return [str(text) for text in json_values(batch.column(0))]


@contextmanager
def json_rows(directory: Path) -> Iterator[JsonRows]:
    """Run a Postgres for the peer until the block ends."""
    directory.mkdir(mode=0o755)
    with servers.postgres(directory) as databases:
        rows = JsonRows(databases.create())
        try:
            yield rows
        finally:
            rows.close()
