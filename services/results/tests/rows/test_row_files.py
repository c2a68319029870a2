"""Row files give the rows of their parts, one by one, and never anything else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import obstore
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.errors import PartDamaged
from kpi_results.rows.gather import gather, gather_range
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult
from kpi_results.rows.row_files import RowFiles
from kpi_results.rows.store import PartStore
from kpi_results.rows.transcribing import LEAST_ROWS
from kpi_testkit.eventually import eventually

Keep = Callable[..., StoredResult]
MIXED = pa.table(
    {
        "n": pa.array([None if n % 7 == 0 else n for n in range(200)], pa.int32()),
        "text": pa.array(["é" * (n % 5) for n in range(200)]),
        "exact": pa.array([Decimal(n) / 100 for n in range(200)], pa.decimal128(9, 2)),
        "at": pa.array([datetime(2026, 1, 1, 0, n % 60, tzinfo=UTC) for n in range(200)]),
        "flag": pa.array([n % 3 == 0 for n in range(200)]),
        "raw": pa.array([bytes([n]) for n in range(200)]),
        "list": pa.array([list(range(n % 4)) for n in range(200)]),
        "inner": pa.array([{"a": n, "b": None} for n in range(200)]),
        "nothing": pa.nulls(200),
    }
)


@pytest.fixture
def files(tmp_path: Path) -> RowFiles:
    """Row files of nobody else."""
    return RowFiles(tmp_path / "row-files", tmp_path, 1 << 30)


def with_files(result: StoredResult, files: RowFiles) -> StoredResult:
    return StoredResult(result.manifest, result._store, files)


def row_files_of(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "row-files").glob("*.blocks"))


def shuffled(count: int) -> list[int]:
    return random.Random(5).sample(range(count), count)


@pytest.mark.parametrize(("group_rows", "part_rows"), [(7, 20), (64, 200), (100, 150), (1, 3)])
def test_rows_of_every_type_are_those_of_the_parts(
    keep: Keep, files: RowFiles, group_rows: int, part_rows: int
) -> None:
    kept = keep(MIXED, group_rows=group_rows, part_rows=part_rows)
    result = with_files(kept, files)
    assert files.make(result)
    numbers = shuffled(200)[:50]
    rows = pa.array(numbers, result.row_type)
    found = gather(result, rows)
    assert found.schema.equals(gather(kept, rows).schema, check_metadata=True)
    assert found.to_pylist() == MIXED.rename_columns(found.column_names).take(numbers).to_pylist()
    assert gather(result, rows, [3, 1]).column_names == ["c3", "c1"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 999), unique=True, max_size=60), st.integers(0, 999))
def test_any_rows_are_found_in_any_order(
    thousand: StoredResult, numbers: list[int], start: int
) -> None:
    found = gather(thousand, pa.array(numbers, thousand.row_type))
    assert found.column(0).to_pylist() == numbers
    assert gather_range(thousand, start, 1000).column(0).to_pylist() == list(range(start, 1000))


@pytest.fixture(scope="module")
def thousand(keep: Keep, tmp_path_factory: pytest.TempPathFactory) -> StoredResult:
    """A thousand rows that equal their number, with row files."""
    folder = tmp_path_factory.mktemp("thousand")
    files = RowFiles(folder / "row-files", folder, 1 << 30)
    kept = keep(pa.table({"n": range(1000)}), group_rows=96, part_rows=400)
    result = with_files(kept, files)
    assert files.make(result)
    return result


def test_every_changed_bit_is_found_and_the_part_is_read_instead(
    keep: Keep, files: RowFiles, tmp_path: Path
) -> None:
    kept = keep(pa.table({"n": range(10), "t": ["x"] * 10}), part_rows=10)
    result = with_files(kept, files)
    assert files.make(result)
    (path,) = row_files_of(tmp_path)
    whole = path.read_bytes()
    for byte in range(len(whole)):
        path.write_bytes(whole[:byte] + bytes([whole[byte] ^ 4]) + whole[byte + 1 :])
        assert gather_range(result, 0, 10).column(0).to_pylist() == list(range(10)), byte
        assert not path.exists(), byte


@pytest.mark.parametrize("size", [0, 10, 300, -1])
def test_a_cut_row_file_is_given_up(keep: Keep, files: RowFiles, tmp_path: Path, size: int) -> None:
    result = with_files(keep(pa.table({"n": range(10)}), part_rows=10), files)
    assert files.make(result)
    (path,) = row_files_of(tmp_path)
    path.write_bytes(path.read_bytes()[:size])
    assert gather_range(result, 2, 4).column(0).to_pylist() == [2, 3]
    assert not files.hold(result)


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"PAR1"), Path.unlink])
def test_a_damaged_part_is_named_although_its_row_file_is_whole(
    keep: Keep, files: RowFiles, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    result = with_files(keep(pa.table({"n": range(40)}), part_rows=20), files)
    assert files.make(result)
    damage(result.paths()[1])
    with pytest.raises(PartDamaged) as raised:
        gather(result, pa.array([3, 33], result.row_type))
    assert raised.value.key == result.manifest.parts[1].key
    assert gather_range(result, 0, 2).column(0).to_pylist() == [0, 1]


def test_no_row_file_is_made_of_a_damaged_part(keep: Keep, files: RowFiles, tmp_path: Path) -> None:
    result = with_files(keep(pa.table({"n": range(20)})), files)
    content = bytearray(result.paths()[0].read_bytes())
    content[len(content) // 2] ^= 1
    result.paths()[0].write_bytes(content)
    with pytest.raises(PartDamaged, match="SHA-256"):
        files.make(result)
    assert row_files_of(tmp_path) == []


def test_row_files_of_a_remote_store_are_as_good_as_its_copies(
    keep: Keep, files: RowFiles, drilldown: Drilldown, tmp_path: Path
) -> None:
    kept = keep(pa.table({"n": range(40)}), part_rows=20)
    remote = PartStore("memory:///", tmp_path / "copies")
    for part in kept.manifest.parts:
        obstore.put(remote._store, part.key, (drilldown.store.folder / part.key).read_bytes())
    result = StoredResult(kept.manifest, remote, files)
    assert files.make(result)
    numbers = pa.array([39, 0], result.row_type)
    assert gather(result, numbers).column(0).to_pylist() == [39, 0]
    copy = result.paths()[1]
    copy.write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(PartDamaged):
        gather(result, numbers)
    assert gather(result, numbers).column(0).to_pylist() == [39, 0]  # of a fresh copy


def test_a_part_that_has_no_row_file_is_read_itself(
    keep: Keep, files: RowFiles, tmp_path: Path
) -> None:
    result = with_files(keep(pa.table({"n": range(60)}), part_rows=20), files)
    assert files.make(result)
    row_files_of(tmp_path)[0].unlink()
    numbers = [59, 0, 20, 41]
    assert gather(result, pa.array(numbers, result.row_type)).column(0).to_pylist() == numbers


def test_results_that_would_crowd_themselves_out_have_none(keep: Keep, tmp_path: Path) -> None:
    files = RowFiles(tmp_path / "row-files", tmp_path, 2_000)
    result = with_files(keep(pa.table({"n": range(1000)}), group_rows=100, part_rows=100), files)
    assert not files.make(result)
    assert not files.hold(result)


def test_the_longest_unused_row_file_goes_first(keep: Keep, tmp_path: Path) -> None:
    tables = [pa.table({"n": range(first, first + 20)}) for first in (0, 20, 40)]
    unbounded = RowFiles(tmp_path / "row-files", tmp_path, 1 << 30)
    results = [with_files(keep(table), unbounded) for table in tables]
    for result in results[:2]:
        assert unbounded.make(result)
    taken = sum(path.stat().st_size for path in row_files_of(tmp_path))
    files = RowFiles(tmp_path / "row-files", tmp_path, taken)
    gather_range(results[0], 0, 1)
    assert files.make(results[2])
    assert [files.hold(result) for result in results] == [True, False, True]


def test_ten_makers_at_once_write_each_file_once(
    keep: Keep, files: RowFiles, tmp_path: Path
) -> None:
    result = with_files(keep(pa.table({"n": range(40)}), part_rows=20), files)
    with ThreadPoolExecutor(10) as pool:
        first = list(pool.map(lambda _: _made(files, result, tmp_path), range(10)))
    assert first == [first[0]] * 10


def _made(files: RowFiles, result: StoredResult, tmp_path: Path) -> list[int]:
    assert files.make(result)
    return [path.stat().st_ino for path in row_files_of(tmp_path)]


def test_columns_with_dictionaries_have_none(keep: Keep, files: RowFiles, tmp_path: Path) -> None:
    texts = pa.array(["a", "b", "a"]).dictionary_encode()
    result = with_files(keep(pa.table({"t": texts})), files)
    assert not files.make(result)
    assert row_files_of(tmp_path) == []


@pytest.mark.parametrize("length", [10, 5_000, 100_000])
def test_few_rows_of_long_texts_share_a_block(
    keep: Keep, files: RowFiles, tmp_path: Path, length: int
) -> None:
    texts = [f"{n:03}" * (length // 3) for n in range(128)]
    result = with_files(keep(pa.table({"t": texts}), group_rows=64, part_rows=128), files)
    assert files.make(result)
    table = gather_range(result, 100, 101)
    assert table.column(0).to_pylist() == [texts[100]]
    assert table.get_total_buffer_size() < max(2 * length, 40_000)


@pytest.fixture(params=[None, 0], ids=["here", "aside"])
def reader(
    drilldown: Drilldown, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Drilldown]:
    """A reader of the same store that makes row files here, or in a process of their own."""
    place = drilldown.place()
    limits = replace(place.limits, aside_rows=request.param)
    reader = Drilldown(replace(place, cache=tmp_path / "cache", limits=limits))
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def many(keep: Keep) -> StoredResult:
    """As many rows as it takes to have row files made."""
    table = pa.table({"n": shuffled(LEAST_ROWS)})
    return keep(table, group_rows=8_192, part_rows=40_000)


@pytest.mark.parametrize("wishes", [{"sort": [("n", False)]}, {"filters": {"n": {"lt": 500}}}])
def test_a_first_view_of_many_rows_has_row_files_made(
    reader: Drilldown, many: StoredResult, wishes: dict[str, Any]
) -> None:
    result = reader.result(many.manifest)
    query = parse_query(result.columns, **wishes)
    before = reader.page(result, query, page=3).records()
    eventually(lambda: reader.row_files.hold(result), 60, "no row files")
    assert reader.page(result, query, page=3).records() == before
    assert list(reader.engine.spill.glob("tmp*")) == []


def test_plain_pages_have_none_made(reader: Drilldown, many: StoredResult) -> None:
    result = reader.result(many.manifest)
    reader.page(result, parse_query(result.columns))
    reader.transcriber.close()
    assert not reader.row_files.hold(result)


def test_damage_met_in_the_background_is_noted_and_leaves_no_row_file(
    reader: Drilldown, keep: Keep
) -> None:
    kept = keep(pa.table({"n": shuffled(LEAST_ROWS)}), group_rows=8_192, part_rows=40_000)
    result = reader.result(kept.manifest)
    path = result.paths()[1]
    path.write_bytes(path.read_bytes()[:-1])
    with capture_logs() as logs:
        reader.transcriber.want(result)
        eventually(lambda: [log["event"] for log in logs] == ["row files not made"], 60)
    assert kept.manifest.parts[1].key in logs[0]["reason"]
    assert not reader.row_files.hold(result)
