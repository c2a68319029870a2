"""Who may call what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kpi_service.auth import current_actor, requires
from kpi_service.blueprint import Blueprint

MakeToken = Callable[..., str]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (["viewer"], 200),
        (["editor"], 200),
        (["admin"], 200),
        (["auditor"], 403),
        ([], 403),
        (["Viewer"], 403),
    ],
)
def test_an_operation_names_the_roles_it_takes(
    client: FlaskClient, make_token: MakeToken, roles: list[str], status: int
) -> None:
    response = client.get("/v1/books", headers=bearer(make_token(*roles)))
    assert response.status_code == status
    if status == 403:
        assert "insufficient_scope" in response.headers["WWW-Authenticate"]
        assert "editor or viewer" in response.get_json()["detail"]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer a.b.c", "Bearer a b c", "Token x"]
)
def test_without_a_good_token_the_answer_is_401_with_a_challenge(
    client: FlaskClient, header: str
) -> None:
    response = client.get("/v1/books", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith('Bearer realm="kpi-ledger"')


def test_access_is_checked_before_the_body_is_read(
    client: FlaskClient, make_token: MakeToken
) -> None:
    response = client.post("/v1/books", headers=bearer(make_token("viewer")), data=b"not json")
    assert response.status_code == 403


def test_the_actor_is_the_tokens_subject_whatever_the_body_says(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    assert client.post("/v1/books", headers=editor, json={"title": "E"}).get_json()["by"] == "ann"
    refused = client.post("/v1/books", headers=editor, json={"title": "E", "by": "bob"})
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == ["by"]


def test_current_actor_is_a_user(app: Flask, client: FlaskClient, editor: dict[str, str]) -> None:
    with client:
        client.get("/v1/books", headers=editor)
        assert (current_actor().subject, current_actor().kind) == ("ann", "user")


def test_a_view_that_does_not_say_who_may_call_it_is_refused_at_import(books: Blueprint) -> None:
    with pytest.raises(LookupError, match="forgotten"):

        @books.get("/forgotten")
        def forgotten() -> None: ...


def test_a_role_that_does_not_exist_is_refused_at_import() -> None:
    with pytest.raises(ValueError, match="owner"):
        requires("owner")


def test_health_and_documentation_need_no_token(client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"):
        assert client.get(path).status_code == 200, path
