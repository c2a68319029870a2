"""What only the gateway does."""

from __future__ import annotations

import httpx
import pytest

SERVICES = ("definitions", "executor", "results", "audit")


def test_unknown_paths_and_large_bodies_get_the_one_error_shape(http: httpx.Client) -> None:
    for response in (http.get("/nothing/here"), http.post("/sources", content=b"x" * 1_200_000)):
        body = response.json()
        assert body["status"] == response.status_code
        assert body["success"] is False
        assert response.headers["Content-Type"] == "application/problem+json"


def test_the_index_leads_to_every_services_document(http: httpx.Client) -> None:
    index = http.get("/docs")
    assert index.status_code == 200
    for service in SERVICES:
        assert f"/docs/{service}/docs" in index.text
        assert http.get(f"/docs/{service}/openapi.json").json()["openapi"].startswith("3.1")
        assert "swagger" in http.get(f"/docs/{service}/docs").text.lower()


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_ready_through_the_gateway(http: httpx.Client, service: str) -> None:
    assert http.get(f"/docs/{service}/readyz").json()["status"] == "ready"
