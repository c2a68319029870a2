"""``kpi kpis | create | show | update | delete | restore``."""

from __future__ import annotations

from typing import Any, cast

import click

from kpi_client.cli import tables
from kpi_client.cli.session import Session, session_options
from kpi_client.models import KpiFields


@click.command()
@click.option("--group", "group_name", help="Only this group.")
@click.option("--active/--inactive", "is_active", default=None, help="Only (in)active KPIs.")
@click.option("--search", help="Only KPIs whose name, alias, description or definition holds this.")
@click.option("--sort", "sort_by", help="Column to sort by.")
@click.option("--desc", is_flag=True, help="Sort downwards.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@session_options
def kpis(session: Session, *, sort_by: str | None, desc: bool, **filters: Any) -> None:
    """List KPIs."""
    sort_order = ("desc" if desc else "asc") if sort_by else None
    with session.client() as client:
        answer = client.kpis.list(sort_by=sort_by, sort_order=sort_order, **filters)
    session.output.show(answer, tables.kpi_list)


@click.command()
@click.argument("name")
@click.argument("nl_definition", metavar="[TEXT]", required=False)
@click.option("--sql", "sql_definition", help="One SELECT instead of TEXT.")
@click.option("--alias", "alias_name", help="Short name for business people.")
@click.option("--group", "group_name", help="Group the KPI belongs to.")
@click.option("--description", help="What the KPI measures.")
@session_options
def create(session: Session, **fields: str | None) -> None:
    """Create the KPI NAME, defined by TEXT in plain language (or by --sql)."""
    with session.client() as client:
        created = client.kpis.create(**_given(fields))
    session.output.show(created, tables.kpi)


@click.command()
@click.argument("reference", metavar="KPI")
@session_options
def show(session: Session, reference: str) -> None:
    """Show one KPI (by id, name or alias)."""
    with session.client() as client:
        found = client.kpis.find(reference)
    session.output.show(found, tables.kpi)


@click.command()
@click.argument("reference", metavar="KPI")
@click.option("--name")
@click.option("--text", "nl_definition", help="The definition in plain language.")
@click.option("--sql", "sql_definition", help="One SELECT instead of the text.")
@click.option("--alias", "alias_name")
@click.option("--group", "group_name")
@click.option("--description")
@click.option("--active/--inactive", "is_active", default=None)
@click.option("--version", type=click.IntRange(1), help="Only if the KPI is at this version.")
@session_options
def update(session: Session, reference: str, *, version: int | None, **fields: Any) -> None:
    """Change fields of a KPI; what is not given stays."""
    changes = _given(fields)
    if not changes:
        raise click.UsageError("nothing to change: give at least one field")
    with session.client() as client:
        found = client.kpis.find(reference)
        expected = version or found.get("version")
        changed = client.kpis.update(found["id"], version=expected, **changes)
    session.output.show(changed, tables.kpi)


@click.command()
@click.argument("reference", metavar="KPI")
@click.option("--yes", is_flag=True, help="Do not ask.")
@session_options
def delete(session: Session, reference: str, *, yes: bool) -> None:
    """Take a KPI out of use; its history stays."""
    with session.client() as client:
        found = client.kpis.find(reference)
        if not yes:
            session.output.confirm(f"Delete KPI {found['id']} {found['name']!r}?")
        client.kpis.delete(found["id"], version=found.get("version"))
    session.output.done(
        {"success": True, "id": found["id"]}, f"Deleted KPI {found['id']} {found['name']!r}."
    )


@click.command()
@click.argument("kpi_id", type=click.IntRange(1))
@session_options
def restore(session: Session, kpi_id: int) -> None:
    """Bring a deleted KPI back (by id: kpi kpis --inactive lists them)."""
    with session.client() as client:
        restored = client.kpis.restore(kpi_id)
    session.output.show(restored, tables.kpi)


def _given(fields: dict[str, Any]) -> KpiFields:
    given = {name: value for name, value in fields.items() if value is not None}
    return cast(KpiFields, given)
