"""Printing: results on stdout (tables or JSON), messages on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kpi_client.cli.visible import block
from kpi_client.errors import ApiError, KpiError, Unauthorized, ValidationFailed

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

T = TypeVar("T")
_UNBOUNDED = 10_000  # columns: a pipe has no width, so nothing is cut or folded


@dataclass(frozen=True, slots=True)
class Output:
    """How this command prints."""

    as_json: bool = False

    def show(self, value: T, render: Callable[[T], RenderableType]) -> None:
        """Print a result: as JSON, or as what ``render`` makes of it."""
        if self.as_json:
            print_json(value)
        else:
            console(sys.stdout).print(render(value))

    def done(self, value: object, message: str) -> None:
        """Tell that something was done; with ``--json`` the object goes to stdout."""
        if self.as_json:
            print_json(value)
        self.note(message)

    def note(self, message: str) -> None:
        """Write a message for people on stderr; ``--json`` leaves it out."""
        if not self.as_json:
            click.echo(block(message), err=True)

    def confirm(self, question: str) -> None:
        """Ask on stderr before something that cannot simply be undone; no answer is a no."""
        click.confirm(block(question), abort=True, err=True)

    def error(self, error: KpiError) -> None:
        """Write an error on stderr: for people, or with ``--json`` as a problem object."""
        click.echo(json.dumps(_problem(error)) if self.as_json else _sentences(error), err=True)


def print_json(value: object) -> None:
    """Print JSON on stdout; ASCII, so no character in it can reach the terminal raw."""
    click.echo(json.dumps(value, indent=2))


def console(file: Any) -> Console:
    """Make a console that takes text literally: no markup, no emoji names, no guessed colours."""
    from rich.console import Console

    width = None if file.isatty() else _UNBOUNDED
    return Console(file=file, width=width, markup=False, emoji=False, highlight=False)


def _problem(error: KpiError) -> dict[str, Any]:
    if not isinstance(error, ApiError):
        return {"success": False, "title": type(error).__name__, "detail": str(error)}
    problem = error.problem
    return {
        "success": False,
        "status": problem.status,
        "type": problem.type,
        "title": problem.title,
        "detail": problem.detail,
        "errors": dict(problem.errors),
        "trace_id": problem.trace_id,
    }


def _sentences(error: KpiError) -> str:
    lines = [f"Error: {error}"]
    if isinstance(error, ValidationFailed):
        lines += [f"  {name}: {'; '.join(texts)}" for name, texts in error.errors.items()]
    if isinstance(error, Unauthorized):
        lines.append("Give --token, set KPI_TOKEN, or make a local one: kpi token --user you")
    if isinstance(error, ApiError) and error.retry_after is not None:
        lines.append(f"Try again in {error.retry_after:.0f} s.")
    if isinstance(error, ApiError) and error.problem.trace_id and error.status >= 500:
        lines.append(f"Trace: {error.problem.trace_id}")
    return block("\n".join(lines))
