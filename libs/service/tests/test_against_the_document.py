"""Generated requests, good and bad: every answer is one that the OpenAPI document promises."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.schemas import OpenApiSchema

OPERATIONS = [
    "GET /v1/books",
    "POST /v1/books",
    "GET /v1/books/{book_id}",
    "PUT /v1/books/{book_id}",
]
EXAMPLES = 40
CONFIG = SchemathesisConfig.from_dict(
    {
        # Postgres cannot store NUL; refused everywhere, so not documented field by field.
        "generation": {"allow-x00": False},
        # A made-up If-Match is valid and still refused.
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", "404", "409", "412"]}
        },
    }
)


def schema_of(app: Flask) -> OpenApiSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", app, config=CONFIG)


def arrives(case: Case[Any]) -> bool:
    """Whether every generated parameter is in the URL: null and empty ones leave no trace there."""
    return not any(leaves_no_trace(value) for value in (case.query or {}).values())


def leaves_no_trace(value: Any) -> bool:
    if isinstance(value, dict):
        return all(leaves_no_trace(item) for item in value.values())
    if isinstance(value, list):
        return all(leaves_no_trace(item) for item in value)
    return value is None


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_documented(
    app: Flask, editor: dict[str, str], operation: str, mode: GenerationMode
) -> None:
    method, _, path = operation.partition(" ")
    schema = schema_of(app)
    cases = schema[path][method].as_strategy(generation_mode=mode)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def answers_as_documented(case: Case[Any]) -> None:
        assume(arrives(case))
        case.call_and_validate(headers=editor)

    answers_as_documented()


def test_the_operations_are_all_of_the_documents(app: Flask) -> None:
    found = schema_of(app).raw_schema["paths"]
    labels = [f"{method.upper()} {path}" for path, item in found.items() for method in item]
    assert sorted(label for label in labels if "PARAMETERS" not in label) == sorted(OPERATIONS)
