"""Who may do what, whatever they send."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.conftest import Entrance

KPIS = "/v1/landing-kpi/kpis"
NEW = {"name": "Not allowed", "nl_definition": "Count all products where status is inactive"}
SOURCE = {"name": "x", "location": "/nowhere.sqlite"}


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "allowed"),
    [
        ("viewer", "GET", KPIS, None, True),
        ("viewer", "POST", KPIS, NEW, False),
        ("viewer", "POST", f"{KPIS}/1/execute", {"kg_name": "demo"}, False),
        ("viewer", "GET", "/v1/audit/events", None, False),
        ("auditor", "GET", "/v1/audit/events", None, True),
        ("auditor", "POST", KPIS, NEW, False),
        ("editor", "POST", "/sources", SOURCE, False),
        ("operator", "DELETE", f"{KPIS}/1", None, False),
        ("operator", "GET", "/sources", None, True),
    ],
)
def test_each_role_may_do_its_work_and_no_more(
    stack: Entrance,
    role: str,
    method: str,
    path: str,
    body: dict[str, str] | None,
    allowed: bool,
) -> None:
    with stack.http("bob", role) as http:
        response = http.request(method, path, json=body)
    assert (response.status_code != 403) is allowed, response.text


@pytest.mark.parametrize(
    "path", [KPIS, "/v1/landing-kpi/executions", "/sources", "/v1/audit/events"]
)
@pytest.mark.parametrize("bearer", ["", "Bearer x", "Bearer e30.e30.", "Basic YTpi"])
def test_nobody_gets_in_without_a_token(stack: Entrance, path: str, bearer: str) -> None:
    headers = {"Authorization": bearer} if bearer else {}
    response = httpx.get(f"{stack.url}{path}", headers=headers)
    assert response.status_code == 401
    assert response.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    "path", ["/api/%2e%2e/admin", "//", "//etc/passwd", "/v1/landing-kpi/../../admin", "/.env"]
)
def test_odd_paths_lead_nowhere(stack: Entrance, http: httpx.Client, path: str) -> None:
    response = http.get(httpx.URL(stack.url).copy_with(raw_path=path.encode()))
    assert response.status_code in (301, 308, 400, 404)


def test_identity_headers_from_outside_mean_nothing(http: httpx.Client) -> None:
    forged = {"X-Kpi-User": "root", "X-Forwarded-User": "root"}
    response = http.post(KPIS, json=NEW | {"name": "Forged identity"}, headers=forged)
    assert response.json()["kpi"]["created_by"] == "ann"


def test_a_header_that_only_looks_like_another_is_refused(http: httpx.Client) -> None:
    assert http.get(KPIS, headers={"X_Kpi_User": "root"}).status_code == 400


def test_a_body_over_the_limit_is_refused(http: httpx.Client) -> None:
    response = http.post(KPIS, content=b"x" * 1_200_000)
    assert response.status_code == 413
