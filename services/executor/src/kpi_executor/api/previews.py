"""How a sentence would be read, without running anything."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kpi_contracts.execution import Plan
from kpi_contracts.schemas import schema_of
from kpi_executor.api import schemas, views
from kpi_executor.api.jobs import READERS
from kpi_executor.api.running import Runs
from kpi_executor.planning import Planned, Question, explain_refusal
from kpi_executor.preparation import Preparation
from kpi_nlsql import Answer, Refusal
from kpi_service.auth import requires
from kpi_service.blueprint import Blueprint


def preview_blueprint(runs: Runs, preparation: Preparation) -> Blueprint:
    """Return the routes of previews."""
    blueprint = Blueprint("previews", __name__, url_prefix="/v1/landing-kpi")

    def preview(body: dict[str, Any], question: Question) -> dict[str, Any]:
        parameters = views.parameters_from(body)
        graph = preparation.graph(parameters.kg_name)
        if question.sql or question.pinned:
            return _of_plan(preparation.planner.plan(graph, parameters, question))
        read = preparation.planner.read(graph, parameters, question.sentence or "")
        if isinstance(read, Refusal):
            return _of_refusal(read, graph.version)
        return _of_answer(read, graph.dialect, graph.version)

    @blueprint.route("/preview", methods=["POST"])
    @requires(*READERS)
    @blueprint.arguments(schemas.PreviewRequest)
    @blueprint.response(200, schemas.PreviewAnswer)
    def of_sentence(body: dict[str, Any]) -> dict[str, Any]:
        """Read a sentence: explanation, SQL, confidence, alternatives."""
        return preview(body, Question(sentence=body["nl_definition"]))

    @blueprint.route("/kpis/<id:kpi_id>/preview", methods=["POST"])
    @requires(*READERS)
    @blueprint.arguments(schemas.RunRequest)
    @blueprint.response(200, schemas.PreviewAnswer)
    def of_kpi(body: dict[str, Any], kpi_id: int) -> dict[str, Any]:
        """Read the definition of a KPI."""
        kpi = runs.find_kpi(kpi_id, body["kpi_version"])
        pinned = kpi.pinned if kpi.pinned and kpi.pinned.kg_name == body["kg_name"] else None
        question = Question(sentence=kpi.nl_definition, sql=kpi.sql_definition, pinned=pinned)
        return preview(body, question)

    return blueprint


_NOTHING: dict[str, Any] = {
    "success": True,
    "nl_definition": None,
    "understood": True,
    "explanation": None,
    "generated_sql": None,
    "sql_query_type": None,
    "operation": None,
    "joined_columns": [],
    "source_table": None,
    "target_table": None,
    "confidence_score": None,
    "alternatives": [],
    "unknown_words": [],
    "closest": [],
    "plan": None,
}


def _of_answer(answer: Answer, dialect: str, graph_version: int) -> dict[str, Any]:
    return {
        **_NOTHING,
        **answer.record(),
        "nl_definition": answer.sentence,
        "generated_sql": answer.sql(dialect),
        "alternatives": answer.alternatives,
        "unknown_words": answer.unknown_words,
        "plan": asdict(answer.plan),
        "graph_version": graph_version,
    }


def _of_refusal(refusal: Refusal, graph_version: int) -> dict[str, Any]:
    return {
        **_NOTHING,
        "nl_definition": refusal.sentence,
        "understood": False,
        "explanation": explain_refusal(refusal),
        "alternatives": refusal.alternatives,
        "unknown_words": refusal.unknown_words,
        "closest": [*refusal.closest_tables, *refusal.closest_columns],
        "graph_version": graph_version,
    }


def _of_plan(planned: Planned) -> dict[str, Any]:
    return {
        **_NOTHING,
        **schema_of(Plan).dump(planned.plan),
        "generated_sql": planned.sql,
        "graph_version": planned.graph_version,
    }
