"""`python -m bench [row ...]`: run benchmarks; a run of all of them rewrites the documentation."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from bench import machine, report
from bench.table import Row, rich_table

LIMIT_SECONDS = 180  # far above what a row takes: a hung row must not hang the run

# Each module has `run(directory) -> Row`; the letter is that of the table.
ROWS: Mapping[str, str] = {
    "appends": "a",
    "relay": "b",
    "executions": "c",
    "reads": "d",
    "parquet": "e",
    "audit": "f",
    "footprint": "g",
}


class TookTooLong(Exception):
    """A row did not end in time."""


def main() -> int:
    """Run the rows named on the command line, or all; 1 if one of them broke."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"of {', '.join(ROWS)}")
    chosen = parser.parse_args().rows or list(ROWS)
    if unknown := [name for name in chosen if name not in ROWS]:
        parser.error(f"unknown row {unknown[0]}; choose of {', '.join(ROWS)}")
    console = Console(highlight=False)
    before = machine.description()
    done: dict[str, Row] = {}
    for name in chosen:
        row = _measured(name, console)
        if row is not None:
            done[ROWS[name]] = row
    if len(done) == len(ROWS):
        report.write(done, before)
        console.print(f"Written to {report.PAGE.name}.")
    return 0 if len(done) == len(chosen) else 1


def _measured(name: str, console: Console) -> Row | None:
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="kpi-bench-") as scratch, _limited(LIMIT_SECONDS):
            Path(scratch).chmod(0o755)  # Postgres runs as another user when we are root
            row: Row = importlib.import_module(f"bench.{name}").run(Path(scratch))
    except Exception:
        console.print(f"({ROWS[name]}) {name} could not be measured:", style="bold red")
        console.print_exception(max_frames=4)
        return None
    console.print(rich_table(ROWS[name], row))
    for note in row.notes:
        console.print(f"  {note}", style="dim", markup=False)
    console.print(f"  [dim]took {time.monotonic() - began:.0f} s[/dim]\n")
    return row


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"not finished after {seconds} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    sys.exit(main())
