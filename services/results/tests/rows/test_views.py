"""Views are computed once, shared, bounded, and never let a query out of its box."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from kpi_results.rows.drilldown import Drilldown, Place
from kpi_results.rows.engine import EngineFailure
from kpi_results.rows.errors import InvalidFilter, InvalidPage, InvalidSort
from kpi_results.rows.order_files import OrderFiles
from kpi_results.rows.pages import read_rows
from kpi_results.rows.query import parse_query, parse_sort
from kpi_results.rows.result import RowNumbers, StoredResult

Keep = Callable[..., StoredResult]
DIGESTS = ["00" * 32, "11" * 32, "22" * 32]
TYPE = pa.uint32()


def numbers(count: int) -> Iterator[pa.RecordBatch]:
    yield pa.record_batch([pa.array(range(count), TYPE)], ["row"])


def numbers_of(rows: RowNumbers | range) -> list[int]:
    return list(rows) if isinstance(rows, range) else [int(row.as_py()) for row in rows]


def test_ten_requests_at_once_compute_an_order_once(tmp_path: Path) -> None:
    computed = []
    gate = threading.Barrier(10)

    def make() -> None:
        computed.append(1)
        OrderFiles(tmp_path, 1 << 20).make(DIGESTS[0], TYPE, numbers(5))

    def ask(_: int) -> int:
        gate.wait()
        return OrderFiles(tmp_path, 1 << 20).find_or_make(DIGESTS[0], TYPE, make).count

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(ask, range(10))) == [5] * 10
    assert computed == [1]


def test_the_longest_unused_order_goes_first(tmp_path: Path) -> None:
    orders = OrderFiles(tmp_path, limit=1000)
    for digest in DIGESTS[:2]:
        orders.make(digest, TYPE, numbers(100))
    assert orders.find(DIGESTS[0], TYPE) is not None
    orders.make(DIGESTS[2], TYPE, numbers(100))
    kept = [orders.find(digest, TYPE) is not None for digest in DIGESTS]
    assert kept == [True, False, True]


def test_what_a_killed_process_had_of_an_order_is_swept(tmp_path: Path) -> None:
    code = """
    import os, sys
    from pathlib import Path
    import pyarrow as pa
    from kpi_results.rows.drilldown import Drilldown, Place

    def killed_on_the_way():
        yield pa.record_batch([pa.array(range(9), pa.uint32())], ["row"])
        os._exit(9)

    place = Place(store_url=Path(sys.argv[1], "store").as_uri(), cache=Path(sys.argv[1], "cache"))
    Drilldown(place).views.orders.make("00" * 32, pa.uint32(), killed_on_the_way())
    """
    argv = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    assert subprocess.run(argv, check=False).returncode == 9
    assert [path.stat().st_size for path in tmp_path.rglob("tmp*")] == [36]
    place = Place(store_url=(tmp_path / "store").as_uri(), cache=tmp_path / "cache")
    with closing(Drilldown(place)):
        assert list(tmp_path.rglob("tmp*")) == []


def test_an_order_that_is_read_survives_its_deletion(tmp_path: Path) -> None:
    orders = OrderFiles(tmp_path, limit=1000)
    order = orders.make(DIGESTS[0], TYPE, numbers(9))
    (tmp_path / f"{DIGESTS[0]}.rows").unlink()
    assert order.rows(3, 99).to_pylist() == [3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("size", [0, 10, 35])
def test_a_cut_order_is_computed_again(tmp_path: Path, size: int) -> None:
    orders = OrderFiles(tmp_path, limit=1000)
    orders.make(DIGESTS[0], TYPE, numbers(9))
    path = tmp_path / f"{DIGESTS[0]}.rows"
    path.write_bytes(path.read_bytes()[:size])
    assert orders.find(DIGESTS[0], TYPE) is None
    made = orders.find_or_make(DIGESTS[0], TYPE, lambda: orders.make(DIGESTS[0], TYPE, numbers(4)))
    assert made.count == 4


def test_the_head_of_a_sort_and_its_whole_order_agree(drilldown: Drilldown, keep: Keep) -> None:
    values = [(number * 7919) % 501 for number in range(5000)]
    result = keep(pa.table({"n": values}), group_rows=64, part_rows=1000)
    query = parse_query(result.columns, sort=[("n", True)])
    head = drilldown.views.open(result, query, reach=30).rows(0, 30)
    whole = drilldown.views.open(result, query).rows(0, 30)
    expected = sorted(range(5000), key=lambda row: (-values[row], row))[:30]
    assert numbers_of(head) == numbers_of(whole) == expected


def test_a_page_past_the_end_is_empty_and_has_the_totals(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(pa.table({"n": range(10)}))
    page = drilldown.page(result, parse_query(result.columns), page=9, page_size=4)
    assert (page.records(), page.total, page.pages) == ([], 10, 3)


@pytest.mark.parametrize(("page", "size"), [(0, 50), (-1, 50), (1, 0), (1, 1001), (1 << 60, 1)])
def test_pages_out_of_range_are_refused(
    drilldown: Drilldown, keep: Keep, page: int, size: int
) -> None:
    result = keep(pa.table({"n": range(10)}))
    with pytest.raises(InvalidPage):
        drilldown.page(result, parse_query(result.columns), page=page, page_size=size)


def test_duplicate_and_odd_column_names_survive(drilldown: Drilldown, keep: Keep) -> None:
    names = ["a", "a", "a_2", "", 'x"; DROP TABLE y; --', "and", "or"]
    table = pa.table([pa.array([number]) for number in range(7)], names=list("abcdefg"))
    result = keep(table, names=names)
    keys = ["a", "a_3", "a_2", "", 'x"; DROP TABLE y; --', "and", "or"]
    query = parse_query(result.columns, sort=[(keys[4], True)], filters={"or": 6, "a_3": 1})
    assert drilldown.page(result, query).records() == [dict(zip(keys, range(7), strict=True))]
    assert [column.name for column in result.columns] == names


@pytest.mark.parametrize(
    "filters",
    [
        [],
        {"nope": 1},
        {"n": {"like": 1}},
        {"n": "x' OR 1=1"},
        {"n": 2**63},
        {"n": True},
        {"n": {"in": 5}},
        {"n": {"between": [1]}},
        {"n": {"contains": "1"}},
        {"n": {"gt": None}},
        {"n": {}},
        {"t": "\ud800"},
        {"t": "a\0"},
        {"and": [{"nope": 1}]},
        {"t": {"is_null": "yes"}},
    ],
)
def test_bad_filters_are_refused_clearly(keep: Keep, filters: object) -> None:
    result = keep(pa.table({"n": [1], "t": ["x"]}))
    with pytest.raises(InvalidFilter) as raised:
        parse_query(result.columns, filters=filters or [1])
    assert raised.value.reason


def test_a_filter_nested_too_deep_is_refused(keep: Keep) -> None:
    filters: object = {"n": 1}
    for _ in range(1000):
        filters = {"and": [filters, {}]}
    with pytest.raises(InvalidFilter, match="nested deeper"):
        parse_query(keep(pa.table({"n": [1]})).columns, filters=filters)


def test_sort_keys_are_read_with_their_orders() -> None:
    assert parse_sort("a,b", "desc") == [("a", True), ("b", True)]
    assert parse_sort("a,b\\,c", "asc,desc") == [("a", False), ("b,c", True)]
    with pytest.raises(InvalidSort):
        parse_sort("a", "upwards")
    with pytest.raises(InvalidSort):
        parse_sort("a,b,c", "asc,desc")
    with pytest.raises(InvalidSort):
        parse_sort(None, "upwards")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "INSTALL httpfs",
        "SET memory_limit = '100GB'",
    ],
)
def test_the_engine_reads_nothing_but_the_store(drilldown: Drilldown, sql: str) -> None:
    with drilldown.engine.light() as reading, pytest.raises(EngineFailure):
        reading.run(sql)


@pytest.mark.parametrize("rows", [100, 70_000])
def test_a_sorted_stream_has_the_order_of_its_pages(
    drilldown: Drilldown, keep: Keep, rows: int
) -> None:
    values = pa.array([timedelta(seconds=(n * 7919) % 501) for n in range(rows)])
    result = keep(pa.table({"n": values}), group_rows=8192, part_rows=30_000)
    query = parse_query(result.columns, sort=[("n", True)], filters={"n": {"ge": "PT3S"}})
    stream = drilldown.stream(result, query)
    table = pa.concat_tables([read() for read in stream.readers(999)])
    view = drilldown.views.open(result, query)
    assert table.equals(read_rows(result, view, 0, view.total))
    assert stream.total == table.num_rows == view.total
