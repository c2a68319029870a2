"""The quantities of drill-down, export and comparison over a result of one size."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench import results_api as api_of
from bench.results_aims import milliseconds, p95, per_second, single
from bench.results_api import Api, drilldown
from bench.results_peers import Duck, JsonRows, timed
from bench.results_users import USERS, crowd
from bench.table import Better, Line, interleaved
from kpi_contracts.execution import Manifest
from kpi_results.rows.transcribing import LEAST_ROWS
from kpi_testkit.eventually import eventually

PLAIN = "plain page of 50, anywhere, p95"
SORTED = "first page sorted by one column"
NEXT_SORTED = "next pages of a sorted view, p95"
NEXT_FILTERED = "next pages of a filtered view, p95"
FILTERED = "filter of two columns, page and total"
LETTERS = "search for letters, page and total"
DIGITS = "search for digits, page and total"

PAGES, PEER_PAGES = 40, 3
ROW_FILE_SECONDS = 120.0
RUN, BEFORE, AFTER = 1, 2, 3  # executions
EXCEL_ROWS = 100_000  # a million take the better part of a minute
JUDGED = 10_000_000  # rows that the aims are set for

# Each round asks for a view that nobody has asked for yet.
_SORTS = (("amount", "desc", "c4 DESC"), ("quantity", "asc", "c1"), ("rate", "desc", "c5 DESC"))
_KEYS = ("id", "id,day", "id,status")  # each a comparison that nobody has asked for yet
_LOWEST = (100, 101, 102)  # of the filtered rates
_SEARCHES: Mapping[str, Sequence[str]] = {
    LETTERS: ("gpu-77", "gpu-12", "gpu-93"),
    DIGITS: ("98765", "45678", "31415"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stored result, the API that serves it, and the peers that hold the same rows."""

    api: Api
    client: httpx.Client
    manifest: Manifest
    duck: Duck
    json_rows: JsonRows

    @property
    def rows(self) -> int:
        """Rows of the result."""
        return self.manifest.rows

    def page(self, page: int = 1, **wishes: object) -> float:
        """Seconds for a page of 50 rows through the API."""
        return api_of.seconds(self.client, *drilldown(RUN, page=page, page_size=50, **wishes))

    def aim(self, value: float) -> float | None:
        """Return an aim, in itself or against a peer, at the size that it is set for."""
        return value if self.rows >= JUDGED else None

    def places(self, count: int, rows: int | None = None) -> list[int]:
        """Random pages, the same in every run."""
        last = max(1, (rows or self.rows) // 50)
        choice = random.Random(7)
        return [choice.randint(1, last) for _ in range(count)]


def lines(stage: Stage) -> Iterator[Line]:
    """Measure everything over one result."""
    stage.page()  # the engine is loaded with the first request
    yield plain_pages(stage)
    began = time.time()
    yield sorted_pages(stage)
    if stage.rows >= LEAST_ROWS:
        yield row_files(stage, began)
    yield next_pages(stage)
    yield from filtered_pages(stage)
    yield searched_pages(stage, LETTERS)
    yield searched_pages(stage, DIGITS)
    yield from exports(stage)


def plain_pages(stage: Stage) -> Line:
    """Measure pages of the rows as they are, beside OFFSET over rows of JSON."""
    ours = [stage.page(page) for page in stage.places(PAGES)]
    places = [50 * page - 50 for page in stage.places(2 * PEER_PAGES)]
    peer = [stage.json_rows.page(n) for n in places]
    return p95(PLAIN, ours, peer, aim=stage.aim(60), ratio=stage.aim(20))


def sorted_pages(stage: Stage) -> Line:
    """Measure first pages of orders that nobody has asked for yet."""
    rounds = iter(_SORTS * 2)

    def ours() -> float:
        column, order, _ = next(rounds)
        wishes = {"sort_by": column, "sort_order": order}
        found = stage.page(1, **wishes)
        stage.page(41, **wishes)  # the whole order is kept before anything else is measured
        return found

    orders = iter(_SORTS)
    found, peer = interleaved(
        len(_SORTS), ours, lambda: stage.duck.page(order=f"ORDER BY {next(orders)[2]}")
    )
    return milliseconds(SORTED, found, peer, aim=stage.aim(700), ratio=stage.aim(2))


def row_files(stage: Stage, began: float) -> Line:
    """Measure how long after the first sorted page its row files were all made."""
    parts = len(stage.manifest.parts)
    made = eventually(lambda: stage.api.row_files(parts), ROW_FILE_SECONDS, "no row files")
    return single("until the row files are made", "s", (made or began) - began)


def next_pages(stage: Stage) -> Line:
    """Measure pages anywhere in an order that is kept, of a result that has row files."""
    column, order, sql = _SORTS[0]
    ours = [stage.page(page, sort_by=column, sort_order=order) for page in stage.places(PAGES)]
    peer = [
        stage.duck.page(order=f"ORDER BY {sql}", offset=50 * page - 50)
        for page in stage.places(PEER_PAGES)
    ]
    return p95(NEXT_SORTED, ours, peer, aim=stage.aim(80))


def filtered_pages(stage: Stage) -> Iterator[Line]:
    """Measure views by a filter: when they are new, and their further pages."""
    ours, theirs = iter(_LOWEST), iter(_LOWEST)
    found, peer = interleaved(
        len(_LOWEST),
        lambda: stage.page(filters=_filter(next(ours))),
        lambda: stage.duck.page_and_total(_condition(next(theirs))),
    )
    yield milliseconds(FILTERED, found, peer, aim=stage.aim(400), ratio=stage.aim(0.83))
    lowest = _LOWEST[0]
    matching = stage.rows // 12
    seconds = [stage.page(page, filters=_filter(lowest)) for page in stage.places(PAGES, matching)]
    beside = [
        stage.duck.page(_condition(lowest), offset=50 * page - 50)
        for page in stage.places(PEER_PAGES, matching)
    ]
    yield p95(NEXT_FILTERED, seconds, beside, aim=stage.aim(80))


def searched_pages(stage: Stage, measured: str) -> Line:
    """Measure views by a search that nobody has made yet."""
    ours, theirs = iter(_SEARCHES[measured]), iter(_SEARCHES[measured])
    found, peer = interleaved(
        len(_SEARCHES[measured]),
        lambda: stage.page(search=next(ours)),
        lambda: stage.duck.page_and_total(_contains(next(theirs))),
    )
    return milliseconds(measured, found, peer, aim=stage.aim(4000), ratio=stage.aim(1.67))


def exports(stage: Stage) -> Iterator[Line]:
    """Measure downloads of everything."""
    cases: tuple[tuple[str, str, dict[str, str], str, str, float | None], ...] = (
        ("export csv", "csv", {}, "FORMAT csv", "", stage.aim(700_000)),
        ("export csv, sorted", "csv", {"sort_by": "amount"}, "FORMAT csv", "ORDER BY c4", None),
        ("export parquet", "parquet", {}, "FORMAT parquet, COMPRESSION zstd", "", None),
        ("export ndjson", "ndjson", {}, "FORMAT json", "", None),
    )
    for measured, name, wishes, options, order, aim in cases:
        seconds = api_of.download(stage.client, RUN, name, **wishes)
        peer = stage.duck.copy(options, order)
        if name == "parquet":
            beside = f"{measured}, beside copying the files"
            copied = _copied(stage)
            yield per_second(beside, stage.rows, seconds, copied, ratio=stage.aim(1))
        yield per_second(measured, stage.rows, seconds, peer, aim=aim)
    if stage.rows <= EXCEL_ROWS:
        rate = stage.rows / api_of.download(stage.client, RUN, "excel")
        yield single("export excel", "rows/s", rate, better=Better.HIGHER)


def compared(stage: Stage, manifests: Sequence[Manifest]) -> Iterator[Line]:
    """Measure the comparison of two further runs, beside EXCEPT both ways over rows of JSON.

    Beside their values, that is; and beside their texts, which costs less and finds 1.0 and 1.00
    different.
    """
    for number, manifest in zip((BEFORE, AFTER), manifests, strict=True):
        stage.api.add(number, manifest)
        stage.json_rows.load(number, stage.api.store, manifest)
    keys, rows = iter(_KEYS), stage.json_rows
    rows.copy_as_texts()
    ours, values, texts = interleaved(
        len(_KEYS),
        lambda: _seconds_to_compare(stage, next(keys)),
        lambda: rows.differences(BEFORE, AFTER),
        lambda: rows.differences_of_texts(BEFORE, AFTER),
    )
    measured = f"compare two runs of {manifests[0].rows:,} rows, first pages of all classes"
    yield milliseconds(measured, ours, values, aim=5000, ratio=10)
    yield milliseconds(f"{measured}, beside EXCEPT over texts", ours, texts)


def _seconds_to_compare(stage: Stage, key: str) -> float:
    wishes = {"execution_ids": f"{BEFORE},{AFTER}", "key": key}
    return api_of.seconds(stage.client, "/v1/landing-kpi/compare-executions", wishes)


def crowded(stage: Stage) -> Iterator[Line]:
    """Measure what many users see who read at once."""
    found = crowd(stage.api, RUN, stage.rows)
    who = f"{USERS} users at once"
    yield single(f"{who}, p95 of a page", "ms", 1000 * found.p95)
    yield single(f"{who}, pages", "1/s", found.per_second, better=Better.HIGHER)
    yield single(f"{who}, errors", "answers", found.errors, aim=0)


def peak_memory(stage: Stage) -> Line:
    """Tell how large the API process has been so far."""
    return single("peak memory of the API process", "MB", stage.api.peak_memory(), aim=400)


def _filter(lowest: int) -> dict[str, object]:
    return {"status": "failed", "rate": {"between": [lowest, 500]}}


def _condition(lowest: int) -> str:
    return f"c2 = 'failed' AND c5 BETWEEN {lowest} AND 500"


def _contains(words: str) -> str:
    return " OR ".join(f"contains(lower(c{i}::VARCHAR), '{words}')" for i in range(10))


def _copied(stage: Stage) -> float:
    target = Path(stage.api.store) / "copied-file"
    keys = [stage.api.store / part.key for part in stage.manifest.parts]
    return timed(lambda: [shutil.copyfile(key, target) for key in keys])
