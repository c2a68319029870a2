"""`python -m kpi_local run | stop | demo`: the embedded stack from a shell."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from kpi_local import tour, up
from kpi_local.errors import LocalError, TourFailed
from kpi_local.home import Home
from kpi_local.settings import Settings, read_settings
from kpi_local.stack import Stack

DEMO_TIMEOUT = 120.0  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 only if all of it worked."""
    console = Console(highlight=False)
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "run":
                return _run(_settings(options), console)
            case "stop":
                return _stop(console)
            case _:
                return _demo(Path(options.folder))
    except LocalError as error:
        console.print(f"[bold red]{type(error).__name__}[/]", style="red")
        console.print(str(error), markup=False)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kpi_local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start everything and walk through it")
    run.add_argument("--once", action="store_true", help="stop after the walk (KPI_RUN_ONCE=1)")
    run.add_argument("--source", help="your own data: a file, a folder or a postgresql:// URL")
    commands.add_parser("stop", help="stop the stack that runs on KPI_HOME")
    commands.add_parser("demo", help="write the demo tables").add_argument("folder")
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    settings = read_settings()
    return replace(
        settings,
        once=options.once or settings.once,
        source=options.source or settings.source,
    )


def _run(settings: Settings, console: Console) -> int:
    if settings.source:
        tour.own_source(settings.source)  # a wrong one is told before anything starts
    stack = Stack(settings)
    try:
        with up.stopping_on_signals(), up.running(stack, console.print) as supervisor:
            worked = _walk(stack, console)
            if settings.once:
                return 0 if worked else 1
            console.print("\nServing until Ctrl-C.", style="bold")
            up.serve(supervisor)
    except up.Stopped:
        console.print("Stopped.")
        return 1 if settings.once else 0
    return 1


def _walk(stack: Stack, console: Console) -> bool:
    """Show the newcomer around; a step that fails is told, and the stack keeps running."""
    if not stack.settings.signs_tokens:
        tour.decline(stack, console)
        return True
    try:
        with tour.guide(stack, console) as guide:
            if stack.settings.source:
                guide.show_source(stack.settings.source)
            else:
                _wait_for_demo(stack)
                guide.show_demo(stack.home.demo)
    except TourFailed as error:
        console.print(f"\n{error}", style="bold red", markup=False)
        return False
    return True


def _wait_for_demo(stack: Stack) -> None:
    with up.generate_demo(stack) as process:
        try:
            failed = process.wait(DEMO_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            raise TourFailed("The demo data were not written in time.") from None
    if failed:
        raise TourFailed(f"The demo data could not be written to {stack.home.demo}.")


def _demo(folder: Path) -> int:
    # Imported here only: the process that runs a stack is to stay small.
    from kpi_local import demo

    demo.generate(folder)
    return 0


def _stop(console: Console) -> int:
    stopped = up.stop(Home(read_settings().home))
    console.print("Stopped." if stopped else "No stack runs on this KPI_HOME.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
