"""No request that the OpenAPI documents allow, and none that they forbid, makes a service fail."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from tests.e2e.conftest import Entrance

SERVICES = ("definitions", "executor", "results", "audit")
EXAMPLES = 12


@pytest.mark.parametrize("service", SERVICES)
def test_generated_requests_never_lead_to_a_server_error(stack: Entrance, service: str) -> None:
    with stack.http("fuzz", "admin") as http:
        document = http.get(f"/docs/{service}/openapi.json").json()
        schema = schemathesis.openapi.from_dict(document)
        operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
        assert operations
        for operation in operations:
            _try(http, operation)
        assert http.get(f"/docs/{service}/readyz").status_code == 200


def _try(http: httpx.Client, operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(operation.as_strategy()))
    def send(case: Any) -> None:
        request = case.as_transport_kwargs(base_url=str(http.base_url))
        request.pop("cookies", None)
        headers = {
            name: value
            for name, value in request.pop("headers", {}).items()
            if name.lower() != "authorization"
        }
        response = http.request(
            request.pop("method"), request.pop("url"), headers=headers, **_sent(request)
        )
        assert response.status_code < 500, f"{operation.label}: {response.text}"

    send()


def _sent(request: dict[str, Any]) -> dict[str, Any]:
    if "data" in request:
        request["content"] = request.pop("data")
    return {name: request[name] for name in ("params", "json", "content") if name in request}
