"""``kpi source list | show | add | refresh | remove``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from kpi_client.cli import tables
from kpi_client.cli.session import Session, session_options
from kpi_client.errors import KpiError, NotFound
from kpi_client.settings import secret_in

if TYPE_CHECKING:
    from rich.console import RenderableType

    from kpi_client.client import Client


KINDS = ("sqlite", "duckdb", "files", "postgresql")


@click.group()
def source() -> None:
    """Databases, files and folders that KPIs run on."""


@source.command("list")
@session_options
def list_sources(session: Session) -> None:
    """List all sources; secrets are never shown."""
    with session.client() as client:
        answer = client.sources.list()
    session.output.show(answer, tables.source_list)


@source.command()
@click.argument("reference", metavar="SOURCE")
@session_options
def show(session: Session, reference: str) -> None:
    """Show one source (by id or name)."""
    with session.client() as client:
        found = client.sources.find(reference)
    session.output.show(found, tables.card)


@source.command()
@click.argument("name")
@click.argument("location", metavar="PATH|URL")
@click.option("--kind", type=click.Choice(KINDS), help="Else told by the location.")
@click.option("--password-env", metavar="VARIABLE", help="Environment variable of the password.")
@click.option("--ask-password", is_flag=True, help="Ask for the password.")
@click.option("--graph/--no-graph", default=True, help="Build the knowledge graph of this name.")
@session_options
def add(
    session: Session,
    name: str,
    location: str,
    *,
    kind: str | None,
    password_env: str | None,
    ask_password: bool,
    graph: bool,
) -> None:
    """Register the data at PATH or URL under NAME and read its tables, so that KPIs can run.

    A password is never an argument, where other users of this machine could read it.
    """
    wanted: dict[str, Any] = {"name": name, "location": _location(location)}
    if kind:
        wanted["kind"] = kind
    if password := _password(password_env, ask=ask_password):
        wanted["password"] = password
    with session.client() as client:
        added: dict[str, Any] = {**client.sources.add(wanted)}
        if graph:
            added["graph"] = _built(client, session, added)
    session.output.show(added, _added)
    if graph:
        session.output.note(
            "Run something on it:\n"
            f"  kpi create 'My first KPI' 'Count all records in …'\n"
            f"  kpi run 'My first KPI' --kg {name}"
        )


@source.command()
@click.argument("name")
@session_options
def refresh(session: Session, name: str) -> None:
    """Read the tables behind the knowledge graph NAME again, or the first time.

    Where there is no graph of this name but a source, its graph is built.
    """
    with session.client() as client:
        try:
            answer = client.sources.refresh_graph(name)
        except NotFound:
            found = client.sources.find(name)
            if found["name"] != name:
                raise
            answer = _add_graph(client, found)
    session.output.show(answer["graph"], tables.card)


@source.command()
@click.argument("reference", metavar="SOURCE")
@click.option("--yes", is_flag=True, help="Do not ask.")
@session_options
def remove(session: Session, reference: str, *, yes: bool) -> None:
    """Take a source out of use; past results stay."""
    with session.client() as client:
        found = client.sources.find(reference)
        if not yes:
            session.output.confirm(f"Remove source {found['name']!r}?")
        client.sources.remove(found["id"])
    session.output.done({"success": True, "id": found["id"]}, f"Removed source {found['name']!r}.")


def _added(source: dict[str, Any]) -> RenderableType:
    """Show a source; of its graph only how much was found."""
    graph = source.get("graph")
    found = graph and f"{graph['name']}: {graph['tables']} tables, {graph['joins']} joins"
    return tables.card({**source, "graph": found})


def _built(client: Client, session: Session, added: dict[str, Any]) -> dict[str, Any]:
    """Build the graph of a source; where that fails, say that the source is there."""
    try:
        return dict(_add_graph(client, added)["graph"])
    except KpiError:
        session.output.note(
            f"Source {added['name']!r} is registered; its knowledge graph could not be built.\n"
            f"When the data can be read: kpi source refresh {added['name']}\n"
            f"For another location, first: kpi source remove {added['name']}"
        )
        raise


def _add_graph(client: Client, source: Mapping[str, Any]) -> dict[str, Any]:
    """Build the graph that bears the name of a source."""
    return client.sources.add_graph({"name": source["name"], "source_id": source["id"]})


def _location(text: str) -> str:
    """Make a path absolute, as the service works elsewhere; refuse a URL with a password."""
    if "://" not in text:
        return str(Path(text).expanduser().absolute())
    if urlsplit(text).password is not None:
        raise click.UsageError(
            "leave the password out of the URL; use --ask-password or --password-env"
        )
    return text


def _password(variable: str | None, *, ask: bool) -> str | None:
    if variable:
        return secret_in(variable)
    if ask:
        entered: str = click.prompt("Password", hide_input=True, err=True)
        return entered
    return None
