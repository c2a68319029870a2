"""A seeded result of ten mixed columns, stored as the executor stores results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kpi_contracts.execution import ColumnType, Manifest, Part
from kpi_rows.parts import GROUP_ROWS, PART_ROWS, attempt_prefix, part_key, physical_name

# Every value is a hash of the row number and the column, so any size is the same on any machine.
# `{changed}` is the share (per thousand) of rows whose amount differs from the plain result.
_SQL = """
SELECT i AS id,
       (hash(i, 1) % 1000000000)::BIGINT AS quantity,
       ['open', 'resolved', 'pending', 'failed', 'new'][(1 + hash(i, 2) % 5)::BIGINT] AS status,
       'Product ' || hash(i, 3) % 200000 || ' GPU-' || hash(i, 4) % 977 AS product,
       ((hash(i, 5) + CASE WHEN i % 1000 < {changed} THEN 1 ELSE 0 END) % 1000000000 / 100.0)
           ::DECIMAL(18, 2) AS amount,
       hash(i, 6) % 1000000 / 997.0 AS rate,
       DATE '2015-01-01' + (hash(i, 7) % 4000)::INTEGER AS day,
       TIMESTAMPTZ '2020-01-01' + to_seconds((hash(i, 8) % 100000000)::INTEGER) AS seen,
       hash(i, 9) % 3 = 0 AS active,
       CASE WHEN hash(i, 10) % 10 < 3 THEN NULL
            ELSE 'note ' || md5((hash(i, 10) % 5000000)::VARCHAR)[1:12] END AS note
FROM range({first}, {first} + {rows}) t(i)
"""


def store_result(
    root: Path, execution: int, rows: int, *, first: int = 0, changed: int = 0
) -> Manifest:
    """Write the parts of one result below `root` and describe them."""
    folder = attempt_prefix(execution, 1)
    (root / folder).mkdir(parents=True)
    sql = _SQL.format(rows=rows, first=first, changed=changed)
    reader = duckdb.connect().sql(sql).to_arrow_reader(GROUP_ROWS)
    names = reader.schema.names
    parts = tuple(_write_parts(root, folder, reader))
    kinds = pq.read_schema(root / parts[0].key).types
    columns = tuple(ColumnType(name, str(kind)) for name, kind in zip(names, kinds, strict=True))
    return Manifest(parts, rows, sum(part.bytes for part in parts), columns)


def _write_parts(root: Path, folder: str, reader: pa.RecordBatchReader) -> Iterator[Part]:
    physical = [physical_name(index) for index in range(len(reader.schema))]
    batches = iter(reader)
    batch = next(batches, None)
    for number in count():
        if batch is None:
            return
        key, rows = part_key(folder, number), 0
        schema = batch.rename_columns(physical).schema
        with pq.ParquetWriter(root / key, schema, compression="zstd") as writer:
            while batch is not None and rows + batch.num_rows <= PART_ROWS:
                writer.write_batch(batch.rename_columns(physical))
                rows += batch.num_rows
                batch = next(batches, None)
        content = (root / key).read_bytes()
        yield Part(key, rows, len(content), hashlib.sha256(content).hexdigest())
