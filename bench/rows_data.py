"""A seeded result of ten mixed columns, stored by what stores the executor's results."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from kpi_contracts.execution import Manifest
from kpi_executor.query import PartWriter, ResultLimits
from kpi_rows.objects import open_store
from kpi_rows.parts import attempt_prefix, physical_name

PIECE_ROWS = 65_536

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
    sql = _SQL.format(rows=rows, first=first, changed=changed)
    reader = duckdb.connect().sql(sql).to_arrow_reader(PIECE_ROWS)
    physical = [physical_name(index) for index in range(len(reader.schema))]
    schema = pa.schema(
        [field.with_name(name) for field, name in zip(reader.schema, physical, strict=True)]
    )
    prefix = attempt_prefix(execution, 1)
    names = reader.schema.names
    writer = PartWriter(open_store(root.as_uri()), prefix, names, schema, ResultLimits())
    for batch in reader:
        writer.write(batch.rename_columns(physical))
    return writer.finish()
