"""``kpi compare``: what has changed between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kpi_client.cli.session import Session, session_options

if TYPE_CHECKING:
    from rich.console import RenderableType

_CLASSES = ("new", "resolved", "persisting", "changed")


@click.command()
@click.argument("older", type=click.IntRange(1), metavar="OLDER")
@click.argument("newer", type=click.IntRange(1), metavar="NEWER")
@click.option("--key", metavar="COLUMN,…", help="How rows are recognised; else as the KPI joins.")
@click.option("--class", "row_class", type=click.Choice(_CLASSES), help="Only these rows.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--page-size", type=click.IntRange(1, 1000), default=10, show_default=True)
@session_options
def compare(session: Session, older: int, newer: int, **options: Any) -> None:
    """Show which rows are new, resolved, persisting or changed between two executions."""
    options["class"] = options.pop("row_class")
    with session.client() as client:
        answer = client.results.compare([older, newer], **options)
    session.output.show(answer, _comparison)
    for execution_id in answer.get("limit_reached", ()):
        session.output.note(
            f"Execution {execution_id} ended at its limit: rows it lacks count as new or resolved."
        )


def _comparison(answer: dict[str, Any]) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from kpi_client.cli.tables import FittingRows, card

    parts: list[RenderableType] = [card(_about(answer))]
    for name, page in answer["classes"].items():
        if page["data"]:
            place = f"page {page['page']} of {page['total_pages']}"
            parts.append(Text(f"\n{name}: {page['total_records']} rows, {place}", style="bold"))
            rows = [_flat(row) for row in page["data"]] if name == "changed" else page["data"]
            columns = ["changed", *page["columns"]] if name == "changed" else page["columns"]
            parts.append(FittingRows(columns, rows))
    return Group(*parts)


def _about(answer: dict[str, Any]) -> dict[str, Any]:
    changed = [f"{name} ({rows})" for name, rows in answer["changed_columns"].items()]
    lists = {
        "recognised by": answer["key"],
        "changed columns": changed,
        "added columns": answer["added_columns"],
        "removed columns": answer["removed_columns"],
    }
    return {**answer["counts"], **{name: ", ".join(words) or None for name, words in lists.items()}}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Show a changed row as it is now, and the former value where it was another."""
    before, after = row["before"], row["after"]
    told = {name: f"{before.get(name)} → {after.get(name)}" for name in row["columns"]}
    return {**after, **told, "changed": ", ".join(row["columns"])}
