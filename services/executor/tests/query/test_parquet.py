"""Parts: complete, hashed, bounded, and readable by anybody."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path

import duckdb
import obstore.store
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi_contracts.execution import Manifest
from kpi_executor.query import PartWriter, ResultLimits, ResultTooLarge, StoreFailed, parquet

FIELDS: list[tuple[str, pa.DataType]] = [("c0", pa.int64()), ("c1", pa.string())]
SCHEMA = pa.schema(FIELDS)


def batch(rows: int, start: int = 0) -> pa.RecordBatch:
    numbers = range(start, start + rows)
    return pa.record_batch([pa.array(numbers), pa.array(list(map(str, numbers)))], schema=SCHEMA)


def writer(folder: Path, **options: object) -> PartWriter:
    settings: dict[str, object] = {"limits": ResultLimits(), "part_bytes": 1_000_000} | options
    return PartWriter(
        obstore.store.LocalStore(folder),
        "executions/7/attempt-1",
        ("id", "id"),
        SCHEMA,
        **settings,  # type: ignore[arg-type]
    )


def write(folder: Path, batches: int, rows: int = 50_000) -> Manifest:
    open_writer = writer(folder)
    write_all(open_writer, batches, rows)
    return open_writer.finish()


def write_all(open_writer: PartWriter, batches: int, rows: int = 50_000) -> None:
    for number in range(batches):
        open_writer.write(batch(rows, number * rows))


def test_the_manifest_describes_every_part(tmp_path: Path) -> None:
    manifest = write(tmp_path, batches=30)
    assert manifest.rows == 1_500_000
    assert len(manifest.parts) > 1
    assert [part.key for part in manifest.parts[:2]] == [
        "executions/7/attempt-1/part-00000.parquet",
        "executions/7/attempt-1/part-00001.parquet",
    ]
    for part in manifest.parts:
        content = (tmp_path / part.key).read_bytes()
        assert (part.bytes, part.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert manifest.bytes == sum(part.bytes for part in manifest.parts)
    assert sum(part.rows for part in manifest.parts) == manifest.rows


def test_rows_keep_their_order_across_parts(tmp_path: Path) -> None:
    manifest = write(tmp_path, batches=30)
    files = [str(tmp_path / part.key) for part in manifest.parts]
    ordered = duckdb.execute(
        "SELECT bool_and(c0 = expected) FROM "
        f"(SELECT c0, row_number() OVER () - 1 AS expected FROM read_parquet({files}))"
    ).fetchall()
    assert ordered == [(True,)]


def test_row_groups_hold_about_a_hundred_thousand_rows_with_statistics(tmp_path: Path) -> None:
    open_writer = writer(tmp_path, part_bytes=100_000_000)
    write_all(open_writer, batches=5)
    manifest = open_writer.finish()
    found = pq.read_metadata(tmp_path / manifest.parts[0].key)
    assert [found.row_group(i).num_rows for i in range(found.num_row_groups)] == [
        100_000,
        100_000,
        50_000,
    ]
    statistics = found.row_group(1).column(0).statistics
    assert statistics is not None
    assert statistics.min == 100_000


def test_an_empty_result_is_one_empty_part_with_its_columns(tmp_path: Path) -> None:
    manifest = writer(tmp_path).finish()
    assert (manifest.rows, len(manifest.parts)) == (0, 1)
    assert pq.read_table(tmp_path / manifest.parts[0].key).schema == SCHEMA


def test_equal_display_names_stay_in_the_manifest(tmp_path: Path) -> None:
    manifest = write(tmp_path, batches=1, rows=3)
    assert [(column.name, column.type) for column in manifest.columns] == [
        ("id", "int64"),
        ("id", "string"),
    ]


def test_too_many_rows_are_an_error_and_no_cut(tmp_path: Path) -> None:
    small = writer(tmp_path, limits=ResultLimits(rows=10))
    small.write(batch(10))
    with pytest.raises(ResultTooLarge, match="more than 10 rows"):
        small.write(batch(1))


def test_too_many_bytes_are_an_error(tmp_path: Path) -> None:
    small = writer(tmp_path, limits=ResultLimits(bytes=100_000))
    with pytest.raises(ResultTooLarge, match="larger than 100,000 bytes"):
        write_all(small, batches=20)


def test_discarding_leaves_no_part_behind(tmp_path: Path) -> None:
    started = writer(tmp_path)
    write_all(started, batches=20)
    started.discard()
    assert list(tmp_path.rglob("*.parquet")) == []


def test_a_store_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "executions").write_text("a file where a folder should be")
    with pytest.raises(StoreFailed, match="check the object store"):
        write(tmp_path, batches=1)


def test_memory_does_not_grow_with_the_result(tmp_path: Path) -> None:
    one = batch(50_000)
    before = pa.total_allocated_bytes()
    open_writer = writer(tmp_path)
    most = 0
    tracemalloc.start()
    for _ in range(100):
        open_writer.write(one)
        most = max(most, pa.total_allocated_bytes() - before)
    open_writer.finish()
    python_peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * parquet.ROW_GROUP_ROWS * 30
    assert python_peak < 10_000_000
