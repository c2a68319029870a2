"""``kpi audit KPI`` and ``kpi audit verify``."""

from __future__ import annotations

from typing import Any

import click

from kpi_client.cli import tables
from kpi_client.cli.exits import FAILED
from kpi_client.cli.session import Session, session_options


class AuditGroup(click.Group):
    """``kpi audit 7`` is short for ``kpi audit log 7``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a first word that is no command for a KPI."""
        if args[0] not in self.commands:
            args = ["log", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=AuditGroup)
def audit() -> None:
    """Who did what to a KPI; whether the record is intact."""


@audit.command()
@click.argument("reference", metavar="KPI")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@session_options
def log(session: Session, reference: str, **page: Any) -> None:
    """Show what happened to a KPI (by id, name or alias), newest first."""
    with session.client() as client:
        # A deleted KPI keeps its log, so an id is not looked up first.
        kpi_id = int(reference) if reference.isdecimal() else client.kpis.find(reference)["id"]
        answer = client.audit.log(kpi_id, **page)
    session.output.show(answer, tables.audit_log)


@audit.command()
@session_options
def verify(session: Session) -> None:
    """Recompute the hash chain of the audit log; exit code 1 if it is broken."""
    with session.client() as client:
        outcome = client.audit.verify()
    session.output.show(outcome, tables.card)
    if not outcome["valid"]:
        click.get_current_context().exit(FAILED)
