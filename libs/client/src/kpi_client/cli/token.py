"""``kpi token``: a token for the local stack."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from kpi_client.cli.output import print_json
from kpi_client.cli.session import Session, session_options
from kpi_client.settings import read_settings
from kpi_client.tokens import issue, issuer_key

ROLES = ("viewer", "editor", "operator", "auditor", "admin")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType[int]):
    """``90s``, ``30m``, ``8h``, ``7d``; a bare number is seconds. Becomes seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read one duration."""
        match = re.fullmatch(r"([1-9][0-9]{0,8})([smhd]?)", str(value))
        if match is None:
            self.fail(f"{value!r} is no duration such as 30m, 8h or 7d", param, ctx)
        return int(match[1]) * _UNITS[match[2] or "s"]


@click.command()
@click.option("--user", required=True, help="Subject of the token: who acts.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), default=("viewer",), help="Repeat."
)
@click.option("--ttl", type=Duration(), default="8h", show_default=True, help="Valid for.")
@session_options
def token(session: Session, *, user: str, roles: Sequence[str], ttl: int) -> None:
    """Issue a token, signed with the local stack's own key ($KPI_HOME/keys/issuer.pem)."""
    settings = read_settings(url=session.url)
    issued = issue(
        issuer_key(settings.home),
        user=user,
        roles=roles,
        ttl=ttl,
        issuer=settings.issuer,
        audience=settings.audience,
    )
    if session.output.as_json:
        print_json({"token": issued, "user": user, "roles": list(roles), "expires_in": ttl})
    else:
        click.echo(issued)
