"""``kpi run | history | explain``: running KPIs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import click

from kpi_client.cli import previews, tables
from kpi_client.cli.exits import FAILED
from kpi_client.cli.progress import following
from kpi_client.cli.session import Session, session_options
from kpi_client.errors import ConfigurationError
from kpi_client.executions import succeeded
from kpi_client.models import Execution, ExecutionParameters, Job, Kpi

if TYPE_CHECKING:
    from kpi_client.client import Client


def parameter_options(function: Any) -> Any:
    """Add the options that say how to run."""
    options = (
        click.option("--kg", "kg_name", help="Knowledge graph."),
        click.option("--source", help="The graph that bears a data source's name."),
        click.option("--schema", "select_schema", help="Schema."),
        click.option("--limit", "limit_records", type=click.IntRange(1), help="Most records."),
        click.option("--no-limit", is_flag=True, help="All records, however many."),
        click.option("--timeout", "timeout_seconds", type=click.FloatRange(0, min_open=True)),
        click.option(
            "--param", "extra", multiple=True, metavar="NAME=VALUE", help="Any other, as JSON."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@click.argument("reference", metavar="KPI")
@parameter_options
@click.option("--rows", "shown", type=click.IntRange(0, 1000), default=10, show_default=True)
@session_options
def run(session: Session, reference: str, *, shown: int, **options: Any) -> None:
    """Run a KPI (by id, name or alias) and show the first rows.

    Exit code 1 if the run does not end well. Ctrl-C cancels the run.
    """
    params = parameters_of(**options)
    with session.client() as client:
        kpi = client.kpis.find(reference)
        choose_graph(client, params)
        execution = _run(client, session, kpi, params)
        execution["result_data"] = _first_rows(client, execution, shown)
    session.output.show(execution, tables.execution)
    if not succeeded(execution):
        click.get_current_context().exit(FAILED)
    if (more := (execution.get("number_of_records") or 0) - shown) > 0:
        session.output.note(f"{more} more: kpi rows {execution.get('id')}")
    if execution.get("limit_reached"):
        session.output.note("The run ended at its limit; --no-limit gives all records.")


@click.command()
@click.argument("reference", metavar="[KPI]", required=False)
@click.option("--status", help="Only runs in this state.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@session_options
def history(session: Session, reference: str | None, **filters: Any) -> None:
    """List the runs of a KPI, or of all, newest first."""
    with session.client() as client:
        kpi_id = client.kpis.find(reference)["id"] if reference else None
        answer = client.executions.list(kpi_id, **filters)
    session.output.show(answer, tables.history)


@click.command()
@click.argument("text", metavar="TEXT|KPI")
@parameter_options
@session_options
def explain(session: Session, text: str, **options: Any) -> None:
    """Show how a text, or the KPI with this id, is read, and its SQL; nothing runs.

    --json has the whole plan, too.
    """
    params = parameters_of(**options)
    with session.client() as client:
        choose_graph(client, params)
        if text.isdecimal():
            answer = client.executions.preview(kpi_id=int(text), params=params)
        else:
            answer = client.executions.preview(text, params=params)
    session.output.show(answer, previews.preview)


def _run(client: Client, session: Session, kpi: Kpi, params: ExecutionParameters) -> Execution:
    accepted: list[Job] = []
    try:
        with following(session.output, kpi["name"]) as tell:
            return client.executions.run(
                kpi["id"],
                params,
                kpi_version=kpi.get("version"),
                on_accepted=accepted.append,
                on_progress=tell,
            )
    except KeyboardInterrupt:
        for job in accepted:
            if "execution_id" in job:
                client.executions.cancel(job["execution_id"], "interrupted at the command line")
                session.output.note(f"Cancelling execution {job['execution_id']}.")
        raise


def _first_rows(client: Client, execution: Execution, count: int) -> list[dict[str, Any]]:
    """Take the rows the answer holds, or read them where it holds none."""
    held = execution.get("result_data")
    if held is not None or not succeeded(execution) or not count or "id" not in execution:
        return (held or [])[:count]
    return client.results.rows(execution["id"], page_size=count)["data"]


def parameters_of(
    *,
    extra: Sequence[str],
    source: str | None,
    kg_name: str | None,
    no_limit: bool = False,
    **named: Any,
) -> ExecutionParameters:
    """Gather what `parameter_options` took, under the API's names."""
    if source and kg_name:
        raise click.UsageError("give --source or --kg, not both")
    named["kg_name"] = kg_name or source
    given = {name: value for name, value in named.items() if value is not None}
    if no_limit:
        if "limit_records" in given:
            raise click.UsageError("give --limit or --no-limit, not both")
        given["limit_records"] = None
    return cast(ExecutionParameters, given | dict(_name_and_value(text) for text in extra))


def choose_graph(client: Client, params: ExecutionParameters) -> None:
    """Take the only graph there is when none is named; with several, or none, say what to do."""
    if "kg_name" in params:
        return
    names = [graph["name"] for graph in client.sources.graphs()["graphs"]]
    if not names:
        raise ConfigurationError("there is no knowledge graph yet: kpi source add makes one")
    if len(names) > 1:
        raise ConfigurationError(f"say with --kg which knowledge graph: {', '.join(names)}")
    params["kg_name"] = names[0]


def _name_and_value(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--param")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
