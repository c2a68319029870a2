from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from kpi_local.gateway import BODY_LIMIT, Gateway
from kpi_local.ports import SERVICES, free_port
from kpi_testkit.processes import running
from tests.integration.local.upstreams import PIECE, Upstream, upstream

RATE = 3
EXECUTE = "/v1/landing-kpi/kpis/7/execute"


@pytest.fixture(scope="module")
def upstreams() -> Iterator[dict[str, Upstream]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(upstream(name)) for name in SERVICES}


@pytest.fixture(scope="module")
def origin(
    upstreams: dict[str, Upstream], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    urls = {name: server.url for name, server in upstreams.items()}
    with gateway_to(urls, tmp_path_factory.mktemp("gateway")) as origin:
        yield origin


@contextmanager
def gateway_to(services: Mapping[str, str], directory: Path) -> Iterator[str]:
    gateway = Gateway(
        directory=directory,
        port=free_port(),
        ping_port=free_port(),
        services=services,
        execute_rate=RATE,
    )
    gateway.prepare()
    with running(directory) as processes:
        process = processes.start(*gateway.command(), name="traefik")
        process.wait_until(gateway.is_ready)
        yield f"http://127.0.0.1:{gateway.port}"


@pytest.fixture
def client(origin: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=origin, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1/landing-kpi/kpis/7", "definitions"),
        ("/v1/landing-kpi/kpis/7/executions", "results"),
        ("/v1/landing-kpi/executions/9/drilldown", "results"),
        ("/v1/landing-kpi/kpis/7/audit-log", "audit"),
        ("/api/v1/executions/jane", "audit"),
        ("/kg/demo", "executor"),
    ],
)
def test_a_path_reaches_its_service_unchanged(
    client: httpx.Client, path: str, service: str
) -> None:
    answer = client.get(path).json()
    assert (answer["service"], answer["path"]) == (service, path)


def test_the_rate_of_executions_is_limited_for_each_user_by_their_token(
    client: httpx.Client,
) -> None:
    def statuses(user: str) -> list[int]:
        headers = {"Authorization": f"Bearer {user}", "X-Kpi-User": f"someone-{user}"}
        return [client.post(EXECUTE, headers=headers).status_code for _ in range(RATE + 1)]

    assert statuses("jane") == [200] * RATE + [429]
    assert statuses("joe") == [200] * RATE + [429]


def test_a_refusal_by_the_gateway_is_worded_by_a_service(client: httpx.Client) -> None:
    headers = {"Authorization": "Bearer hasty"}
    refused = [client.post(EXECUTE, headers=headers) for _ in range(RATE + 1)][-1]
    assert refused.status_code == 429
    assert refused.headers["Content-Type"] == "application/problem+json"
    page, _, asked = refused.json()["path"].partition("?url=")
    assert page == "/problems/429"
    assert unquote(asked).endswith(EXECUTE)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/kg"), ("POST", "/kg"), ("GET", "/v1/audit")]
)
def test_that_a_service_is_away_is_worded_by_another(
    upstreams: dict[str, Upstream], tmp_path: Path, method: str, path: str
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    urls = dict.fromkeys(SERVICES, nobody) | {"definitions": upstreams["definitions"].url}
    with gateway_to(urls, tmp_path) as origin:
        missed = httpx.request(method, origin + path, trust_env=False)
    assert missed.status_code == 502
    assert missed.headers["Content-Type"] == "application/problem+json"
    assert missed.json()["path"].startswith("/problems/502?url=")


def test_a_reason_that_results_gives_is_left_as_it_is(client: httpx.Client) -> None:
    answer = client.get("/v1/landing-kpi/executions/9/damaged")
    assert (answer.status_code, answer.json()["service"]) == (502, "results")


def test_executing_without_a_token_is_refused_before_the_service(client: httpx.Client) -> None:
    assert client.post(EXECUTE).status_code == 401


def test_identity_from_outside_never_reaches_a_service(client: httpx.Client) -> None:
    forged = {"X-Kpi-User": "admin", "X-Remote-User": "admin", "X-Roles": "admin"}
    seen = client.get("/kg", headers=forged).json()["headers"]
    assert not {"x-kpi-user", "x-remote-user", "x-roles"} & set(seen)


@pytest.mark.parametrize("header", ["X_Forwarded_For", "X_Kpi_User"])
def test_a_header_that_passes_for_another_is_refused(client: httpx.Client, header: str) -> None:
    assert client.get("/kg", headers={header: "10.0.0.1"}).status_code == 400


def test_addresses_that_the_client_claims_are_not_forwarded(client: httpx.Client) -> None:
    seen = client.get("/kg", headers={"X-Forwarded-For": "8.8.8.8"}).json()["headers"]
    assert seen["x-forwarded-for"] == "127.0.0.1"


def test_a_body_at_the_limit_passes_and_one_above_it_is_too_large(client: httpx.Client) -> None:
    path = "/v1/landing-kpi/kpis"
    assert client.post(path, content=b"x" * BODY_LIMIT).json()["length"] == BODY_LIMIT
    refused = client.post(path, content=b"x" * (BODY_LIMIT + 1))
    assert refused.status_code == 413
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_an_export_streams_through(client: httpx.Client, upstreams: dict[str, Upstream]) -> None:
    plain = {"Accept-Encoding": "identity"}
    path = "/v1/landing-kpi/executions/9/export/csv"
    with client.stream("GET", path, headers=plain) as response:
        pieces = response.iter_raw()
        received = next(pieces)
        upstreams["results"].proceed.set()  # the second piece was not even written before
        received += b"".join(pieces)
    assert received == 2 * PIECE


def test_answers_are_compressed_for_those_who_ask(client: httpx.Client) -> None:
    response = client.get("/kg", headers={"X-Padding": "y" * 2000})
    assert response.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/nothing", "/metrics", "/readyz", "/api/%2e%2e/admin", "//kg"])
def test_a_path_that_belongs_to_nobody_is_a_404_in_the_house_style(
    client: httpx.Client, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_service_hears_what_path_belongs_to_nobody(client: httpx.Client) -> None:
    forged = {"X-Replaced-Path": "/elsewhere"}
    seen = client.get("/nothing/at?all=1", headers=forged).json()["headers"]
    assert seen["x-replaced-path"] == "/nothing/at"


def test_an_encoded_slash_is_refused(client: httpx.Client) -> None:
    assert client.get("/kg/a%2Fb").status_code == 400


def test_each_service_documents_itself_below_docs(client: httpx.Client) -> None:
    assert client.get("/docs/audit").headers["Location"].endswith("/docs/audit/docs")
    answer = client.get("/docs/audit/openapi.json").json()
    assert (answer["service"], answer["path"]) == ("audit", "/openapi.json")
    assert client.get("/docs").json()["path"] == "/docs-index"


PUBLIC = ("docs", "docs/assets/swagger-ui.css", "openapi.json", "readyz", "healthz")


@pytest.mark.parametrize("page", PUBLIC)
def test_the_public_pages_of_a_service_can_be_read(client: httpx.Client, page: str) -> None:
    answer = client.get(f"/docs/executor/{page}").json()
    assert (answer["service"], answer["path"]) == ("executor", f"/{page}")
    assert client.head(f"/docs/executor/{page}").status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "metrics",
        "auth/identity",
        "v3/execute",
        "v1/landing-kpi/kpis/7",
        "docs/assets/../../metrics",
        "docs/assets/a/b",
        "docs/executor/docs",
        "openapi.json/",
        "readyz/metrics",
    ],
)
def test_nothing_else_of_a_service_is_reached_below_docs(client: httpx.Client, page: str) -> None:
    answer = client.get(f"/docs/executor/{page}")
    assert (answer.status_code, answer.json()["path"]) == (404, "/problems/404")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("page", ["", "v3/execute", *PUBLIC])
def test_nothing_below_docs_takes_a_request_that_writes(
    client: httpx.Client, method: str, page: str
) -> None:
    answer = client.request(method, f"/docs/executor/{page}")
    assert (answer.status_code, answer.json()["path"]) == (404, "/problems/404")


def test_there_is_no_dashboard_and_no_api_of_the_gateway_itself(client: httpx.Client) -> None:
    assert client.get("/dashboard/").status_code == 404
    assert client.get("/api/rawdata").status_code == 404
