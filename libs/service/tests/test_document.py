from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kpi_service.document import openapi


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return openapi(app)


def test_it_is_openapi_3_1_with_bearer_tokens(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    operation = document["paths"]["/v1/books"]["post"]
    assert operation["security"] == [{"bearer": []}]
    assert operation["x-roles"] == ["admin", "editor"]


@pytest.mark.parametrize(
    ("path", "method", "errors"),
    [
        ("/v1/books", "get", "401 403 422 429 503"),
        ("/v1/books", "post", "400 401 403 409 413 415 422 429 503"),
        ("/v1/books/{book_id}", "get", "401 403 404 422 429 503"),
        ("/v1/books/{book_id}", "put", "400 401 403 404 409 412 413 415 422 429 503"),
    ],
)
def test_the_errors_of_an_operation_are_documented(
    document: dict[str, Any], path: str, method: str, errors: str
) -> None:
    responses = document["paths"][path][method]["responses"]
    assert sorted(code for code in responses if code >= "400") == [*errors.split(), "default"]


def test_every_error_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for response in document["components"]["responses"].values():
        schema = response["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}


def test_every_reference_has_a_target(document: dict[str, Any]) -> None:
    for group, name in re.findall(r"#/components/(\w+)/(\w+)", str(document)):
        assert name in document["components"][group]


def test_ids_and_preconditions_are_documented(document: dict[str, Any]) -> None:
    book = document["paths"]["/v1/books/{book_id}"]
    assert book["parameters"][0]["schema"]["maximum"] == 2**63 - 1
    assert book["get"]["parameters"][0]["name"] == "If-None-Match"
    assert "304" in book["get"]["responses"]
    assert book["put"]["parameters"][0]["name"] == "If-Match"


def test_unknown_members_are_documented_as_refused(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Book"]["additionalProperties"] is False


def test_swagger_ui_works_without_the_internet(client: FlaskClient) -> None:
    page = client.get("/docs")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    sources = re.findall(r'(?:src|href)="(\./[^"]+)"', page.text)
    assert len(sources) == 3
    assert "http" not in page.text
    for source in sources:
        with client.get(source.removeprefix(".")) as asset:
            assert asset.status_code == 200, source
    assert client.get("/docs/assets/index.html").status_code == 404
