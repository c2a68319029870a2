"""Whatever goes wrong, the answer has one shape."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import exc

from kpi_service.auth import public
from kpi_service.blueprint import Blueprint
from kpi_service.tracing import TraceContext

JSON = {"Content-Type": "application/json"}

# (status, method, path, headers, body, what the answer must mention)
FAULTS = [
    pytest.param(401, "GET", "/v1/books", None, None, "bearer token", id="no token"),
    pytest.param(404, "GET", "/nowhere", {}, None, "nothing", id="unknown address"),
    pytest.param(404, "GET", "/v1/books/0", {}, None, "nothing", id="id zero"),
    pytest.param(404, "GET", f"/v1/books/{2**63}", {}, None, "nothing", id="id over bigint"),
    pytest.param(404, "GET", "/v1/books/" + "9" * 5000, {}, None, "nothing", id="5,000 digits"),
    pytest.param(404, "GET", "/v1/books/404", {}, None, "no book 404", id="missing object"),
    pytest.param(404, "GET", "//v1/books", {}, None, "nothing", id="double slash"),
    pytest.param(404, "GET", "/v1/books%00", {}, None, "nothing", id="NUL in the path"),
    pytest.param(405, "DELETE", "/v1/books", {}, None, "method", id="wrong method"),
    pytest.param(405, "BREW", "/v1/books", {}, None, "method", id="no such method"),
    pytest.param(
        412, "PUT", "/v1/books/1", {"If-Match": '"6"'}, b'{"title":"E"}', "version 7", id="stale"
    ),
    pytest.param(413, "POST", "/v1/books", JSON, b" " * 1_048_577, "at most", id="body too large"),
    pytest.param(413, "PUT", "/v1/books/1", {}, b" " * 1_048_577, "at most", id="large, no type"),
    pytest.param(
        415, "POST", "/v1/books", {"Content-Type": "text/csv"}, b"a,b", "application/json", id="csv"
    ),
    pytest.param(415, "POST", "/v1/books", {}, b"{}", "application/json", id="no content type"),
    pytest.param(422, "POST", "/v1/books", {}, None, "title", id="no body at all"),
    pytest.param(422, "POST", "/v1/books", JSON, b'{"tilte":"E"}', "tilte", id="unknown field"),
    pytest.param(422, "POST", "/v1/books", JSON, b'["a"]', "json", id="a list for an object"),
    pytest.param(422, "POST", "/v1/books", JSON, b"null", "json", id="null for an object"),
    pytest.param(
        422,
        "POST",
        "/v1/books",
        JSON,
        b'{"title":"E","pages":1.5}',
        "pages",
        id="fraction for integer",
    ),
    pytest.param(
        422,
        "POST",
        "/v1/books",
        JSON,
        b'{"title":"E","printed":"9999-12-31T23:59:59-23:59"}',
        "printed",
        id="year 10000",
    ),
    pytest.param(422, "GET", "/v1/books?page=1", {}, None, "page", id="unknown parameter"),
    pytest.param(422, "GET", "/v1/books/1?x=1", {}, None, "x", id="parameter where none is taken"),
    pytest.param(422, "GET", "/v1/books?limit=-1", {}, None, "limit", id="negative limit"),
    pytest.param(422, "GET", "/v1/books?limit=1000000000", {}, None, "limit", id="limit too large"),
    pytest.param(
        422, "GET", "/v1/books?offset=" + "9" * 5000, {}, None, "offset", id="huge offset"
    ),
    pytest.param(
        422, "GET", "/v1/books?limit=1&limit=2", {}, None, "limit", id="repeated parameter"
    ),
    pytest.param(422, "GET", "/v1/books?title=a%00b", {}, None, "title", id="NUL in a parameter"),
    pytest.param(500, "GET", "/v1/books/500", {}, None, "our side", id="bug"),
]


@pytest.mark.parametrize(("status", "method", "path", "headers", "body", "mention"), FAULTS)
def test_every_fault_is_answered_in_the_one_shape(
    client: FlaskClient,
    editor: dict[str, str],
    status: int,
    method: str,
    path: str,
    headers: dict[str, str] | None,
    body: bytes | None,
    mention: str,
) -> None:
    sent = {} if headers is None else {**editor, **headers}
    if method == "PUT" and body and len(body) < 1000:
        sent |= JSON
    response = client.open(path, method=method, headers=sent, data=body)
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    assert set(problem) - {"errors"} == {
        "success", "type", "title", "status", "detail", "instance", "trace_id",
    }  # fmt: skip
    assert problem["success"] is False
    assert problem["status"] == status
    assert len(problem["trace_id"]) == 32
    assert mention in problem["detail"] + " ".join(problem.get("errors", {}))
    assert "hunter2" not in response.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"title":', id="cut off"),
        pytest.param(b'{"title":"E","pages":1e400}', id="overflowing number"),
        pytest.param(b'{"title":"E","pages":NaN}', id="NaN"),
        pytest.param(b'{"title":"E","pages":-Infinity}', id="infinity"),
        pytest.param(b'{"title":"E","pages":' + b"1" * 5000 + b"}", id="5,000 digits"),
        pytest.param(
            b'{"title":"E","tags":{"a":' + b"[" * 1000 + b"]" * 1000 + b"}}", id="1,000 deep"
        ),
        pytest.param(b"[" * 100_000, id="100,000 deep"),
        pytest.param(b'{"title":"E","tags":' + b'{"a":' * 40 + b"1" + b"}" * 41, id="40 deep"),
        pytest.param(b'{"title":"E","title":"F"}', id="duplicate names"),
        pytest.param(b'{"title":"E","tags":{"a":1,"a":2}}', id="duplicate names below"),
        pytest.param(b'{"title":"\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"title":"E","tags":{"\\udfff":1}}', id="lone surrogate as a name"),
        pytest.param(b'{"title":"a\\u0000b"}', id="NUL"),
        pytest.param(b'{"title":"\xff\xfe"}', id="not UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"title":"E"}', id="byte order mark"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_body_that_is_not_clean_json_is_refused(
    client: FlaskClient, editor: dict[str, str], body: bytes
) -> None:
    response = client.post("/v1/books", headers={**editor, **JSON}, data=body)
    assert response.status_code == 400, response.text
    assert response.get_json()["success"] is False


@pytest.mark.parametrize(("size", "status"), [(1_048_576, 201), (1_048_577, 413), (3_000_000, 413)])
def test_a_body_of_untold_length_is_not_cut_but_refused(
    client: FlaskClient, editor: dict[str, str], size: int, status: int
) -> None:
    response = client.post(
        "/v1/books",
        headers={**editor, **JSON, "Transfer-Encoding": "chunked"},
        input_stream=io.BytesIO(b'{"title":"E"}'.ljust(size)),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == status


def test_405_says_which_methods_are_allowed(client: FlaskClient) -> None:
    allowed = client.delete("/v1/books").headers["Allow"]
    assert {"GET", "POST"} <= set(allowed.split(", "))


def test_nested_faults_are_named_with_dots(client: FlaskClient, books: Blueprint) -> None:
    from kpi_service.problems import field_errors

    errors = field_errors({"json": {"params": {"timeout": ["Too long."]}, "_schema": ["No."]}})
    assert errors == {"params.timeout": ["Too long."], "json": ["No."]}


def test_the_callers_trace_id_is_kept_and_a_broken_one_replaced(client: FlaskClient) -> None:
    caller = TraceContext.new()
    kept = client.get("/nowhere", headers={"traceparent": str(caller)}).get_json()
    assert kept["trace_id"] == caller.trace_id
    broken = client.get("/nowhere", headers={"traceparent": f"00-{'0' * 32}-{'1' * 16}-01"})
    assert int(broken.get_json()["trace_id"], 16) != 0


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (exc.TimeoutError("QueuePool limit reached"), 503),
        (exc.OperationalError("SELECT 1", {}, Exception("server closed the connection")), 503),
        (exc.DataError("SELECT 1", {}, Exception("value out of range")), 422),
    ],
)
def test_database_troubles_are_told_apart(
    settings: object,
    books: Blueprint,
    request: pytest.FixtureRequest,
    error: Exception,
    status: int,
) -> None:
    @books.get("/trouble")
    @public
    def trouble() -> None:
        raise error

    client: FlaskClient = request.getfixturevalue("client")
    response = client.get("/v1/books/trouble")
    assert response.status_code == status
    assert "Retry-After" in response.headers or status != 503


def test_a_database_that_is_away_is_a_503(
    books: Blueprint, engine: sa.Engine, request: pytest.FixtureRequest
) -> None:
    @books.get("/away")
    @public
    def away() -> None:
        engine.connect()

    client: FlaskClient = request.getfixturevalue("client")
    response = client.get("/v1/books/away")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "1"
