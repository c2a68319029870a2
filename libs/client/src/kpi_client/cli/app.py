"""The ``kpi`` command: its table of contents, and how errors become exit codes."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from kpi_client.cli.exits import INTERRUPTED, exit_code
from kpi_client.cli.session import Session, session_options
from kpi_client.errors import KpiError

# Command → where it lives. A module is imported when its command is used or described.
COMMANDS = {
    "up": "kpi_client.cli.up:up",
    "token": "kpi_client.cli.token:token",
    "kpis": "kpi_client.cli.definitions:kpis",
    "create": "kpi_client.cli.definitions:create",
    "show": "kpi_client.cli.definitions:show",
    "update": "kpi_client.cli.definitions:update",
    "delete": "kpi_client.cli.definitions:delete",
    "restore": "kpi_client.cli.definitions:restore",
    "explain": "kpi_client.cli.runs:explain",
    "pin": "kpi_client.cli.readings:pin",
    "unpin": "kpi_client.cli.readings:unpin",
    "run": "kpi_client.cli.runs:run",
    "history": "kpi_client.cli.runs:history",
    "rows": "kpi_client.cli.rows:rows",
    "export": "kpi_client.cli.rows:export",
    "compare": "kpi_client.cli.comparing:compare",
    "audit": "kpi_client.cli.audit:audit",
    "source": "kpi_client.cli.sources:source",
}


class KpiGroup(click.Group):
    """Loads commands when they are needed and turns our errors into exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Name the commands in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what went wrong and leave with its exit code."""
        try:
            return super().invoke(ctx)
        except KpiError as error:
            (ctx.obj or Session()).output.error(error)
            ctx.exit(exit_code(error))
        except (KeyboardInterrupt, click.Abort):
            click.echo("Interrupted.", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=KpiGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kpi-client", prog_name="kpi")
@session_options
def app(session: Session) -> None:
    """Define KPIs in plain language, run them, look at their rows and their history.

    Exit codes: 0 done, 1 the run failed, 2 usage, 3 not found, 4 not allowed,
    5 unavailable, 6 conflict, 7 fault of a service, 130 interrupted.
    """


def main() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a C locale must not end a command
    app(prog_name="kpi")
