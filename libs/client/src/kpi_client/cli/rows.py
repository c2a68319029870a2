"""``kpi rows | export``: the rows of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import click

from kpi_client.cli import tables
from kpi_client.cli.filters import filters_of
from kpi_client.cli.session import Session, session_options
from kpi_client.errors import ConfigurationError
from kpi_client.models import ExportFormat
from kpi_client.results import View

_SUFFIXES: dict[str, ExportFormat] = {
    ".csv": "csv",
    ".xlsx": "excel",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".pdf": "pdf",
}
_FORMATS = tuple(dict.fromkeys(_SUFFIXES.values()))


def view_options(function: Any) -> Any:
    """Add the options that choose and order rows."""
    options = (
        click.option("--sort", multiple=True, metavar="COLUMN", help="Repeat for more columns."),
        click.option("--desc", is_flag=True, help="Sort downwards."),
        click.option(
            "--filter",
            "conditions",
            multiple=True,
            metavar="COLUMN[:OP]=VALUE",
            help="OP: eq ne lt le gt ge in contains starts_with is_null between.",
        ),
        click.option("--search", help="Only rows that hold this in any column."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@click.argument("execution_id", type=click.IntRange(1))
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--page-size", type=click.IntRange(1, 1000), default=50, show_default=True)
@view_options
@session_options
def rows(session: Session, execution_id: int, *, page: int, page_size: int, **view: Any) -> None:
    """Show one page of the rows of an execution."""
    chosen = _view(**view)
    with session.client() as client:
        answer = client.results.rows(execution_id, page=page, page_size=page_size, view=chosen)
    session.output.show(answer, tables.drilldown)


@click.command()
@click.argument("execution_id", type=click.IntRange(1))
@click.option("--format", "format_name", type=click.Choice(_FORMATS))
@click.option(
    "-o", "--output", "target", metavar="FILE", help="- is stdout; else execution-<id>.<format>."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@view_options
@session_options
def export(
    session: Session,
    execution_id: int,
    *,
    format_name: str | None,
    target: str | None,
    force: bool,
    **view: Any,
) -> None:
    """Write all rows of an execution to a file, streamed.

    The format follows the file's suffix unless --format is given; csv without either.
    """
    chosen = _view(**view)
    export_format = _format(format_name, target)
    with session.client() as client:
        if target == "-":
            with click.open_file("-", "wb") as stdout:
                client.results.write(execution_id, export_format, stdout, chosen)
            return
        path = Path(target or _default_name(execution_id, export_format))
        if path.exists() and not force:
            raise click.UsageError(f"{path} exists; give --force to overwrite it")
        try:
            done = client.results.download(execution_id, export_format, path, chosen)
        except OSError as error:
            raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error
    summary = {"path": str(path), "bytes": done.bytes, "sha256": done.sha256}
    session.output.done(summary, f"Wrote {path}: {done.bytes:,} bytes, SHA-256 {done.sha256}")


def _view(
    *, sort: Sequence[str], desc: bool, conditions: Sequence[str], search: str | None
) -> View:
    return View(sort_by=sort, descending=desc, filters=filters_of(conditions), search=search)


def _format(name: str | None, target: str | None) -> ExportFormat:
    if name:
        return cast(ExportFormat, name)
    suffix = Path(target or "").suffix.lower()
    if suffix and suffix not in _SUFFIXES:
        raise click.UsageError(f"no format is known for {suffix}; give --format")
    return _SUFFIXES.get(suffix, "csv")


def _default_name(execution_id: int, export_format: ExportFormat) -> str:
    suffix = next(suffix for suffix, name in _SUFFIXES.items() if name == export_format)
    return f"execution-{execution_id}{suffix}"
