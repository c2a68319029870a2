"""Parts: complete, hashed, bounded, and readable by anybody."""

from __future__ import annotations

import hashlib
import resource
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import obstore.store
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi_contracts.execution import Manifest
from kpi_executor.query import PartWriter, ResultLimits, ResultTooLarge, StoreFailed, parquet
from kpi_rows.parts import GROUP_ROWS, PART_ROWS

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


def sizes_of_groups(file: Path) -> list[int]:
    found = pq.read_metadata(file)
    return [found.row_group(group).num_rows for group in range(found.num_row_groups)]


@pytest.mark.parametrize("rows", [1, 1_000, 8_192, 50_000, 300_000])
def test_row_groups_are_of_one_size_however_the_rows_come(tmp_path: Path, rows: int) -> None:
    open_writer = writer(tmp_path, part_bytes=100_000_000)
    write_all(open_writer, batches=-(-100_000 // rows) if rows > 1 else 10_000, rows=rows)
    manifest = open_writer.finish()
    sizes = sizes_of_groups(tmp_path / manifest.parts[0].key)
    assert set(sizes[:-1]) <= {GROUP_ROWS}
    assert sum(sizes) == manifest.rows
    assert 0 < sizes[-1] <= GROUP_ROWS


def test_parts_are_of_one_size(tmp_path: Path) -> None:
    open_writer = writer(tmp_path, part_bytes=1 << 30)
    write_all(open_writer, batches=5, rows=500_000)
    manifest = open_writer.finish()
    assert [part.rows for part in manifest.parts] == [
        PART_ROWS,
        PART_ROWS,
        2_500_000 - 2 * PART_ROWS,
    ]


def test_row_groups_have_exact_extremes(tmp_path: Path) -> None:
    manifest = write(tmp_path, batches=1)
    group = pq.read_metadata(tmp_path / manifest.parts[0].key).row_group(1)
    statistics = group.column(0).statistics
    assert statistics is not None
    assert (statistics.min, statistics.max) == (GROUP_ROWS, 2 * GROUP_ROWS - 1)


def test_very_wide_rows_are_written_before_a_row_group_is_full(tmp_path: Path) -> None:
    wide = pa.record_batch([pa.array([1] * 70), pa.array(["x" * 1_000_000] * 70)], schema=SCHEMA)
    open_writer = writer(tmp_path, part_bytes=1 << 30)
    open_writer.write(wide)
    open_writer.write(wide)
    manifest = open_writer.finish()
    assert sizes_of_groups(tmp_path / manifest.parts[0].key) == [70, 70]


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


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let this process's writes fail beyond a size in bytes, as on a full disk."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def test_a_full_disk_may_pass_and_nothing_is_left_on_it(tmp_path: Path) -> None:
    started = writer(tmp_path)
    with files_of_at_most(300_000):
        with pytest.raises(StoreFailed, match="too large") as failure:
            write_all(started, batches=20)
        started.discard()
    assert failure.value.transient
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert write(tmp_path, batches=20).rows == 1_000_000


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
    assert most < 4 * parquet.WRITTEN_ROWS * 30
    assert python_peak < 10_000_000
