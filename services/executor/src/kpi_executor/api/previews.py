"""How a sentence would be read, without running anything."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kpi_contracts.execution import Plan
from kpi_contracts.schemas import schema_of
from kpi_executor.api import preview_schemas, views
from kpi_executor.api.running import Runs
from kpi_executor.planning import Planned, Question, Reading, explain_refusal
from kpi_executor.preparation import Preparation
from kpi_nlsql import Answer
from kpi_nlsql.llm import MODEL_CONFIDENCE
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint


def preview_blueprint(runs: Runs, preparation: Preparation) -> Blueprint:
    """Return the routes of previews."""
    blueprint = Blueprint("previews", __name__, url_prefix="/v1/landing-kpi")

    def preview(body: dict[str, Any], question: Question) -> dict[str, Any]:
        parameters = views.parameters_from(body)
        graph = preparation.graph(parameters.kg_name)
        if question.sql or question.pinned:
            return _of_plan(preparation.planner.plan(graph, parameters, question))
        reading = preparation.planner.read(graph, parameters, question.sentence or "")
        return of_reading(reading, graph.version)

    @blueprint.route("/preview", methods=["POST"])
    @requires(*READERS)
    @blueprint.arguments(preview_schemas.PreviewRequest)
    @blueprint.response(200, preview_schemas.PreviewAnswer)
    def of_sentence(body: dict[str, Any]) -> dict[str, Any]:
        """Read a sentence: explanation, SQL, confidence, alternatives."""
        return preview(body, Question(sentence=body["nl_definition"]))

    @blueprint.route("/kpis/<id:kpi_id>/preview", methods=["POST"])
    @requires(*READERS)
    @blueprint.arguments(preview_schemas.KpiPreviewRequest)
    @blueprint.response(200, preview_schemas.PreviewAnswer)
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
    "engine_version": None,
    "model": None,
    "prompt_sha256": None,
    "remark": None,
}


def of_reading(reading: Reading, graph_version: int) -> dict[str, Any]:
    """Return the preview of a sentence: what would run, and what else was read."""
    rules = reading.rules
    told = {
        **_NOTHING,
        "nl_definition": rules.sentence,
        "alternatives": [*_of_model(reading), *rules.alternatives],
        "unknown_words": rules.unknown_words,
        "graph_version": graph_version,
        "remark": reading.remark,
    }
    if reading.planned is not None:
        told |= _planned(reading.planned)
    if isinstance(rules, Answer):
        return {**told, "plan": asdict(rules.plan)}
    told["closest"] = [*rules.closest_tables, *rules.closest_columns]
    if reading.planned is None:
        return {**told, "understood": False, "explanation": explain_refusal(rules)}
    return told


def _of_model(reading: Reading) -> list[dict[str, Any]]:
    """Return the model's reading where it is another than the one that would run."""
    second = reading.second
    if second is None or second.query is None or not second.dissents:
        return []
    return [
        {
            "explanation": second.explanation,
            "confidence": MODEL_CONFIDENCE,
            "generated_sql": second.query.sql,
            "model": second.model,
        }
    ]


def _of_plan(planned: Planned) -> dict[str, Any]:
    return {**_NOTHING, **_planned(planned)}


def _planned(planned: Planned) -> dict[str, Any]:
    return {
        **schema_of(Plan).dump(planned.plan),
        "generated_sql": planned.sql,
        "graph_version": planned.graph_version,
    }
