"""`python -m bench.rows [rows]`: drill-down, exports and comparison beside plain DuckDB.

Each quantity and its peer are measured in turn over the same Parquet files. Memory is the peak of
a process of its own that does nothing but our part.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypedDict, Unpack

import duckdb
from rich.console import Console

from bench.rows_data import store_result
from bench.table import Better, Line, Row, Samples, interleaved, percentile, rich_table
from kpi_contracts.execution import Manifest
from kpi_results.comparison.compare import compare
from kpi_results.exports.formats import FORMATS, Export
from kpi_results.exports.subject import About, Subject
from kpi_results.rows.drilldown import Drilldown, Place
from kpi_results.rows.query import parse_query

ROUNDS = 3
PAGES = 40
COMPARED = 1_000_000  # rows of each of two runs, at most


class Wishes(TypedDict, total=False):
    """What `parse_query` takes."""

    sort: list[tuple[str, bool]]
    filters: dict[str, object]
    search: str


FILTERS: dict[str, object] = {"status": "failed", "rate": {"between": [100, 500]}}
SORT = [("amount", True)]
_DUCK_FILTER = "c2 = 'failed' AND c5 BETWEEN 100 AND 500"
_ALL = "SELECT * FROM rows"
_COUNT = "SELECT count(*) FROM rows WHERE"
_EXCEPT = "SELECT * FROM read_parquet($1) EXCEPT SELECT * FROM read_parquet($2)"
_ABOUT = About("Benchmark", 1, datetime(2026, 1, 1, tzinfo=UTC))


@dataclass
class Stage:
    """One stored result, our reader with an empty cache, and plain DuckDB over the same files."""

    root: Path
    manifest: Manifest
    duck: duckdb.DuckDBPyConnection
    caches: int = 0

    def __post_init__(self) -> None:
        self.files = [str(self.root / part.key) for part in self.manifest.parts]
        self.drilldown = self._open()

    def restart(self) -> None:
        """Begin again with an empty cache; the parts stay verified."""
        self.drilldown.close()
        self.drilldown = self._open()

    def _open(self) -> Drilldown:
        self.caches += 1
        drilldown = Drilldown(
            Place(store_url=self.root.as_uri(), cache=self.root / f"cache-{self.caches}")
        )
        self.result = drilldown.result(self.manifest)
        self.result.verify()
        return drilldown

    def page(self, page: int = 1, **wishes: Unpack[Wishes]) -> float:
        """Seconds for one page of 50 rows as JSON objects."""
        query = parse_query(self.result.columns, **wishes)
        return _seconds(lambda: self.drilldown.page(self.result, query, page=page).records())

    def first(self, **wishes: Unpack[Wishes]) -> float:
        """Seconds for the first page of a view that nobody asked for yet."""
        self.restart()
        return self.page(**wishes)

    def peer(self, sql: str) -> float:
        """Seconds DuckDB takes for a query; `rows` stands for the files."""
        text = sql.replace("rows", "read_parquet($1)")
        return _seconds(lambda: self.duck.sql(text, params=[self.files]).to_arrow_table())

    def export(self, name: str, **wishes: Unpack[Wishes]) -> float:
        """Rows per second of an export."""
        query = parse_query(self.result.columns, **wishes)

        def run() -> None:
            stream = self.drilldown.stream(self.result, query)
            for _ in Export(Subject(stream, _ABOUT), FORMATS[name]):
                pass

        return self.manifest.rows / _seconds(run)

    def copy(self, options: str, order: str = "") -> float:
        """Rows per second of DuckDB's COPY."""
        target = str(self.root / "copy.out")
        files = ", ".join(f"'{file}'" for file in self.files)
        sql = f"COPY (SELECT * FROM read_parquet([{files}]) {order}) TO '{target}' ({options})"
        return self.manifest.rows / _seconds(lambda: self.duck.execute(sql))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def pages(stage: Stage) -> Sequence[Line]:
    """Measure plain pages and further pages of a sorted view, at random places."""
    last = stage.manifest.rows // 50
    chosen = [random.Random(7).randint(1, last) for _ in range(PAGES)]
    stage.restart()
    stage.drilldown.views.open(stage.result, parse_query(stage.result.columns, sort=SORT))
    lines = []
    cases: list[tuple[str, Wishes, str, float]] = [
        ("plain page, anywhere, p95", {}, "", 60),
        ("further page of a sorted view, p95", {"sort": SORT}, "ORDER BY c4 DESC", 80),
    ]
    for measured, wishes, order, aim in cases:
        ours = percentile([stage.page(page, **wishes) for page in chosen], 0.95)
        sql = "SELECT * FROM rows {} LIMIT 50 OFFSET {}"
        places = chosen if not order else chosen[:3]
        peer = percentile([stage.peer(sql.format(order, 50 * p - 50)) for p in places], 0.95)
        lines.append(_milliseconds(measured, Samples.of([ours]), Samples.of([peer]), aim))
    return lines


def views(stage: Stage) -> Sequence[Line]:
    """Measure the first page of views nobody asked for yet."""
    by_product: Wishes = {"sort": [("product", False)]}
    letters, digits = _search("gpu-77"), _search("98765")
    cases: list[tuple[str, Wishes, str, float]] = [
        ("first page by a decimal", {"sort": SORT}, f"{_ALL} ORDER BY c4 DESC LIMIT 50", 700),
        ("first page by a text", by_product, f"{_ALL} ORDER BY c3 LIMIT 50", 700),
        ("filter of two columns, total", {"filters": FILTERS}, f"{_COUNT} {_DUCK_FILTER}", 400),
        ("search for letters, total", {"search": "gpu-77"}, f"{_COUNT} {letters}", 4000),
        ("search for digits, total", {"search": "98765"}, f"{_COUNT} {digits}", 4000),
    ]
    lines = []
    for measured, wishes, sql, aim in cases:
        ours, peer = interleaved(ROUNDS, partial(stage.first, **wishes), partial(stage.peer, sql))
        lines.append(_milliseconds(measured, ours, peer, aim))
    return lines


def exports(stage: Stage) -> Sequence[Line]:
    """Measure exports, in rows per second."""
    stage.restart()
    zstd = "FORMAT parquet, COMPRESSION zstd"
    cases: list[tuple[str, str, Wishes, str, str, float | None]] = [
        ("export csv", "csv", {}, "FORMAT csv", "", 700_000),
        ("export csv, sorted", "csv", {"sort": SORT}, "FORMAT csv", "ORDER BY c4 DESC", None),
        ("export parquet", "parquet", {}, zstd, "", None),
        ("export ndjson", "ndjson", {}, "FORMAT json", "", None),
    ]
    lines = []
    for measured, name, wishes, options, order, aim in cases:
        ours, peer = interleaved(
            1, partial(stage.export, name, **wishes), partial(stage.copy, options, order)
        )
        line = Line(
            measured=measured, unit="rows/s", ours=ours, peer=peer, aim=aim, better=Better.HIGHER
        )
        lines.append(line)
    return lines


def _search(words: str) -> str:
    return " OR ".join(f"contains(lower(c{i}::VARCHAR), '{words}')" for i in range(10))


def comparison(stage: Stage) -> Sequence[Line]:
    """Measure the comparison of two runs by key, beside EXCEPT in both directions."""
    rows = min(stage.manifest.rows, COMPARED)
    runs = [
        store_result(stage.root, 2, rows),
        store_result(stage.root, 3, rows, first=rows // 100, changed=10),
    ]
    files, other = ([str(stage.root / part.key) for part in run.parts] for run in runs)
    either = f"SELECT count(*) FROM ({_EXCEPT})"

    def ours() -> float:
        stage.restart()
        before, after = (stage.drilldown.result(run) for run in runs)
        return _seconds(lambda: compare(stage.drilldown, before, after, ["id"]))

    def peer() -> float:
        both = ([files, other], [other, files])
        return _seconds(lambda: [stage.duck.sql(either, params=p).to_arrow_table() for p in both])

    found, beside = interleaved(ROUNDS, ours, peer)
    return [_milliseconds(f"compare two runs of {rows:,} rows by key", found, beside, 5000)]


def peak_memory(root: str, manifest: Manifest) -> float:
    """Read everything in every way; returns this process's peak in MB."""
    stage = Stage(Path(root), manifest, duckdb.connect())
    ways: tuple[Wishes, ...] = ({}, {"sort": SORT}, {"filters": FILTERS}, {"search": "98765"})
    for wishes in ways:
        for page in (1, 2, 1000):
            stage.page(page, **wishes)
    for name in ("csv", "parquet"):
        stage.export(name)
        stage.export(name, sort=SORT)
    stage.drilldown.close()
    # Not ru_maxrss: a child inherits that from the process that started it.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def _memory(stage: Stage) -> Sequence[Line]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        peak = pool.apply(peak_memory, (f"{stage.root}", stage.manifest))
    return [
        Line(
            measured="peak memory", unit="MB", ours=Samples.of([peak]), aim=400, better=Better.LOWER
        )
    ]


def _milliseconds(measured: str, ours: Samples, peer: Samples, aim: float) -> Line:
    in_ms = [Samples.of(1000 * value for value in samples.values) for samples in (ours, peer)]
    return Line(
        measured=measured, unit="ms", ours=in_ms[0], peer=in_ms[1], aim=aim, better=Better.LOWER
    )


def run(rows: int) -> Row:
    """Measure everything over a result of that many rows."""
    with tempfile.TemporaryDirectory(prefix="kpi-bench-rows-") as folder:
        root = Path(folder)
        stage = Stage(root, store_result(root, 1, rows), duckdb.connect())
        lines: list[Line] = []
        for group in (pages, views, comparison, exports, _memory):
            found = group(stage)
            print(*(line.cells("")[1:] for line in found), sep="\n", file=sys.stderr)
            lines += found
        stage.drilldown.close()
    notes = ["peer: DuckDB over the same Parquet files, its default memory limit, all cores"]
    return Row(f"Drill-down over {rows:,} rows of 10 columns", lines, notes)


def main() -> None:
    """Print the table."""
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    Console().print(rich_table("rows", run(rows)))


if __name__ == "__main__":
    main()
