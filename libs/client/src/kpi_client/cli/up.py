"""``kpi up``: whether everything is ready."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from kpi_client.cli import tables
from kpi_client.cli.exits import UNAVAILABLE
from kpi_client.cli.session import Session, session_options
from kpi_client.errors import Unavailable
from kpi_client.models import ServiceHealth

if TYPE_CHECKING:
    from kpi_client.client import Client

_PAUSE = 0.5  # seconds between two looks


@click.command()
@click.option(
    "--wait", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait so long for it."
)
@session_options
def up(session: Session, *, wait: float) -> None:
    """Show whether every service is ready and what is missing; exit code 5 if not."""
    deadline = time.monotonic() + wait
    with session.client() as client:
        services = _look(client, deadline)
    session.output.show(services, tables.health)
    if not all(service["ready"] for service in services):
        click.get_current_context().exit(UNAVAILABLE)


def _look(client: Client, deadline: float) -> list[ServiceHealth]:
    """Ask until all is ready or the deadline has passed; the last answer counts."""
    while True:
        last_look = time.monotonic() + _PAUSE > deadline
        try:
            services = client.health.services()
        except Unavailable:
            if last_look:
                raise
        else:
            if last_look or all(service["ready"] for service in services):
                return services
        time.sleep(_PAUSE)
