"""Telling how a run goes while it is under way, on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kpi_client.cli.output import Output, console
from kpi_client.cli.visible import line
from kpi_client.models import Job

Follower = Callable[[Job], None]


@contextmanager
def following(output: Output, name: str) -> Iterator[Follower]:
    """Give a function to call with every state of a job.

    On a terminal the state and the elapsed time are kept up to date in place; elsewhere
    each change of state is a line; with ``--json`` there is nothing.
    """
    if output.as_json or not sys.stderr.isatty():
        yield _lines(output)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console(sys.stderr), transient=True) as progress:
        task = progress.add_task(_state(name, "pending"), total=None)
        yield lambda job: progress.update(task, description=_state(name, job["status"]))


def _state(name: str, status: str) -> str:
    return f"{line(name)}: {line(status)}"


def _lines(output: Output) -> Follower:
    started = time.monotonic()
    last = ""

    def tell(job: Job) -> None:
        nonlocal last
        if job["status"] != last:
            last = job["status"]
            output.note(f"{last} after {time.monotonic() - started:.1f} s")

    return tell
