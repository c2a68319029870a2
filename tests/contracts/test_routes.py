"""The gateway sends every documented path to the service that documents it."""

from __future__ import annotations

import re

import pytest

from kpi_local.routes import ROUTES
from tests.contracts.openapi_documents import SERVICES, document

# The gateway asks the executor for it; nobody outside is to.
INTERNAL = {"/auth/identity"}


def service_of(path: str) -> str | None:
    """Decide as Traefik does: the first route of the table whose rule matches."""
    for route in ROUTES:
        for kind, text in re.findall(r"(PathRegexp|PathPrefix|Path)\(`([^`]+)`\)", route.rule):
            matches = {
                "Path": path == text,
                "PathPrefix": path.startswith(text),
                "PathRegexp": bool(re.search(text, path)),
            }
            if matches[kind]:
                return route.service
    return None


@pytest.mark.parametrize("service", SERVICES)
def test_every_documented_path_reaches_its_service(service: str) -> None:
    paths = set(document(service)["paths"]) - INTERNAL
    assert paths
    for path in paths:
        assert service_of(re.sub(r"\{[^}]+\}", "7", path)) == service, path
