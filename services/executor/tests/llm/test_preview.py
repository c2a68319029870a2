"""A preview shows what a run would do, and the model's reading beside it."""

from __future__ import annotations

from typing import Any

from kpi_contracts.execution import ExecutionParameters
from kpi_executor.api.preview_schemas import PreviewAnswer
from kpi_executor.api.previews import of_reading
from kpi_executor.planning import Planner, Question

from .conftest import MODEL, REFERENCE
from .model_server import ModelServer, sql

PARAMETERS = ExecutionParameters(kg_name="shop")


def preview(planner: Planner, sentence: str) -> dict[str, Any]:
    reading = planner.read(REFERENCE, PARAMETERS, sentence)
    shown: dict[str, Any] = PreviewAnswer().dump(of_reading(reading, REFERENCE.version))
    return shown


def test_the_preview_shows_the_plan_of_a_run(planner: Planner, server: ModelServer) -> None:
    server.says(sql("SELECT name FROM customers", "Names."))
    shown = preview(planner, "frobnicate the gizmo")
    planned = planner.plan(REFERENCE, PARAMETERS, Question(sentence="frobnicate the gizmo"))
    assert shown["understood"]
    assert shown["generated_sql"] == planned.sql
    assert shown["remark"] == planned.plan.remark
    assert shown["confidence_score"] == planned.plan.confidence_score
    assert (shown["model"], shown["explanation"]) == (MODEL, "Names.")


def test_another_reading_of_the_model_is_the_first_alternative(
    planner: Planner, server: ModelServer
) -> None:
    server.says(sql("SELECT id FROM customers", "All customers."))
    shown = preview(planner, "Show me orders not in customers")
    assert shown["operation"] == "NOT_IN"
    assert shown["plan"]
    first = shown["alternatives"][0]
    assert (first["explanation"], first["model"]) == ("All customers.", MODEL)
    assert "customers" in first["generated_sql"]
    assert all("model" not in other for other in shown["alternatives"][1:])


def test_a_refusal_says_what_came_of_asking_the_model(
    planner: Planner, server: ModelServer
) -> None:
    server.says("rubbish")
    shown = preview(planner, "frobnicate the gizmo")
    assert not shown["understood"]
    assert shown["generated_sql"] is None
    assert "was not used" in shown["remark"]
