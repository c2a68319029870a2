"""`python -m bench.results [--quick]`: results of 10⁴ to 10⁷ rows, read through the API.

Every quantity stands beside its peer, measured in turn in the same run. A full run rewrites the
table of `docs/benchmarks-results.md` and its plot; a quick one, to 10⁶ rows, does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from bench import machine, parquet, report, results_lines
from bench.results_aims import AimedLine
from bench.results_api import serving
from bench.results_lines import RUN, Stage
from bench.results_peers import MEMORY as PEER_MEMORY
from bench.results_peers import Duck, json_rows
from bench.results_plot import draw
from bench.rows_data import store_result
from bench.table import Better, Line, Row, rich_table

PAGE = report.PAGE.with_name("benchmarks-results.md")
PLOT = PAGE.with_suffix(".svg")
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
QUICK = SIZES[:3]
COMPARED = 1_000_000
CROWDED = 1_000_000

_NOTES = (
    """Ours is the time of a whole request to the API process, or of a whole download; the peers run
    in the measuring process and send nothing anywhere.""",
    f"""Peer of plain pages and of comparison: one row of JSON (jsonb) per result row in Postgres,
    read with LIMIT and OFFSET, compared with EXCEPT both ways, work_mem being {PEER_MEMORY}. EXCEPT
    only counts the rows that differ; ours also pairs them by key, counts changed columns, keeps
    every class and reads its first page. Rows of JSON as text are compared byte by byte, which is
    not the same question: the aim is held against jsonb.""",
    "Peer of all else: DuckDB over the same Parquet files, with its default memory and all cores.",
    """Sorted, filtered and searched views are new to the service in every round; from the second
    sorted one on, the result may have row files. Next pages are read when it has.""",
)


def main() -> int:
    """Measure and, after a full run, rewrite the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.results", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to a million rows")
    sizes = QUICK if parser.parse_args().quick else SIZES
    console = Console(highlight=False)
    before = machine.description()
    began = time.monotonic()
    rows = {"ingest": _ingest()}
    console.print(rich_table("ingest", rows["ingest"]))
    for size in sizes:
        rows[f"{size:,}"] = _measured(size)
        console.print(rich_table(f"{size:,}", rows[f"{size:,}"]))
    console.print(f"took {time.monotonic() - began:.0f} s")
    draw({size: rows[f"{size:,}"].lines for size in sizes}, _plot(sizes))
    if sizes == SIZES:
        report.write(rows, before, PAGE)
    return 0


def _plot(sizes: tuple[int, ...]) -> Path:
    return PLOT if sizes == SIZES else Path(tempfile.gettempdir()) / PLOT.name


def _ingest() -> Row:
    with _scratch() as directory:
        found = parquet.run(directory)
    beside = ((parquet.INSERTED, 400_000, 10), (parquet.COPIED, None, None))
    lines = [
        AimedLine(
            measured=f"ingest from Postgres, {peer}",
            unit=speed.unit,
            ours=speed.ours,
            peer=speed.peer,
            aim=aim,
            aim_ratio=ratio,
            better=Better.HIGHER,
        )
        for (peer, aim, ratio), speed in zip(beside, found.lines, strict=False)
    ]
    return Row(found.title, lines, found.notes)


def _measured(size: int) -> Row:
    with _scratch() as directory, ExitStack() as stack:
        store = directory / "store"
        manifest = store_result(store, RUN, size)
        api = stack.enter_context(serving(directory / "api", store))
        api.add(RUN, manifest)
        peer = stack.enter_context(json_rows(directory / "json"))
        peer.load(RUN, store, manifest)
        client = stack.enter_context(api.client())
        stage = Stage(api, client, manifest, Duck(store, manifest), peer)
        lines = []
        for line in _lines(stage, store):
            lines.append(line)
            print(*line.cells("")[1:], sep=" | ", file=sys.stderr)
    return Row(
        f"{size:,} rows of 10 columns",
        lines,
        [" ".join(note.split()) for note in _NOTES] if size == SIZES[0] else (),
    )


def _lines(stage: Stage, store: Path) -> Iterator[Line]:
    yield from results_lines.lines(stage)
    if stage.rows == COMPARED:
        before = store_result(store, results_lines.BEFORE, COMPARED)
        after = store_result(
            store, results_lines.AFTER, COMPARED, first=COMPARED // 100, changed=10
        )
        yield from results_lines.compared(stage, [before, after])
    if stage.rows == CROWDED:
        yield from results_lines.crowded(stage)
    yield results_lines.peak_memory(stage)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kpi-bench-results-") as folder:
        Path(folder).chmod(0o755)  # Postgres runs as another user when we are root
        yield Path(folder)


if __name__ == "__main__":
    sys.exit(main())
