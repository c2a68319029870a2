"""``kpi pin | unpin``: approved readings of a KPI's sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import click

from kpi_client.cli import previews
from kpi_client.cli.runs import choose_graph, parameter_options, parameters_of
from kpi_client.cli.session import Session, session_options
from kpi_client.errors import Problem, ValidationFailed
from kpi_client.models import PinnedReading

_OF_A_PREVIEW = (
    "explanation",
    "sql_query_type",
    "operation",
    "source_table",
    "target_table",
    "joined_columns",
)


@click.command()
@click.argument("reference", metavar="KPI")
@parameter_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@session_options
def pin(session: Session, reference: str, *, yes: bool, **options: Any) -> None:
    """Approve how a KPI is read now: runs on that graph use this SQL as it stands."""
    params = parameters_of(**options)
    with session.client() as client:
        kpi = client.kpis.find(reference)
        choose_graph(client, params)
        params.setdefault("limit_records", None)  # SQL with a limit would cut every run to come
        answer = client.executions.preview(kpi_id=kpi["id"], params=params)
        reading = _reading(answer, params["kg_name"])
        if not yes:
            if not session.output.as_json:  # there is one object on stdout
                session.output.show(answer, previews.preview)
            session.output.confirm(f"Pin this reading to KPI {kpi['id']} {kpi['name']!r}?")
        pinned = client.kpis.pin(kpi["id"], reading, version=kpi.get("version"))
    session.output.done(pinned, f"Pinned to KPI {kpi['id']} {kpi['name']!r}: {reading['sql']}")


@click.command()
@click.argument("reference", metavar="KPI")
@session_options
def unpin(session: Session, reference: str) -> None:
    """Let the engine read a KPI's sentence again."""
    with session.client() as client:
        kpi = client.kpis.find(reference)
        unpinned = client.kpis.unpin(kpi["id"], version=kpi.get("version"))
    session.output.done(unpinned, f"Unpinned KPI {kpi['id']} {kpi['name']!r}.")


def _reading(answer: Mapping[str, Any], graph: str) -> PinnedReading:
    """Take from a preview what is pinned; refuse one that holds no SQL."""
    if not answer.get("understood", True) or not answer.get("generated_sql"):
        reason = answer.get("explanation") or "its sentence is not understood"
        raise ValidationFailed(Problem(422, "There is no reading to pin", str(reason)))
    told = {name: answer[name] for name in _OF_A_PREVIEW if answer.get(name) is not None}
    return cast(PinnedReading, {"kg_name": graph, "sql": answer["generated_sql"], **told})
