from __future__ import annotations

import re

import pytest

from kpi_local.gateway import (
    BODY_LIMIT,
    EVERY_REQUEST,
    documentation_rules,
    dynamic_configuration,
)
from kpi_local.ports import SERVICES
from kpi_local.routes import ROUTES
from kpi_service.operations import MAX_BODY

URLS = {name: f"http://{name}:80" for name in SERVICES}


def service_of(path: str) -> str:
    """Decide as Traefik does: the first route of the table whose rule matches."""
    for route in ROUTES:
        for kind, text in re.findall(r"(PathRegexp|PathPrefix|Path)\(`([^`]+)`\)", route.rule):
            if kind == "Path" and path == text:
                return route.service
            if kind == "PathPrefix" and path.startswith(text):
                return route.service
            if kind == "PathRegexp" and re.search(text, path):
                return route.service
    return "nobody"


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1/landing-kpi/kpis", "definitions"),
        ("/v1/landing-kpi/kpis/7", "definitions"),
        ("/v1/landing-kpi/kpis/bulk", "definitions"),
        ("/v1/landing-kpi/kpis/7/versions/1/diff/2", "definitions"),
        ("/v1/landing-kpi/kpis/7/rollback", "definitions"),
        ("/v1/landing-kpi/kpis/7/restore", "definitions"),
        ("/api/admin/kpi/templates/3/validate", "definitions"),
        ("/api/pov/1/kpi/2/value", "definitions"),
        ("/v1/landing-kpi/kpis/7/execute", "executor"),
        ("/v1/landing-kpi/kpis/7/execute-async", "executor"),
        ("/v1/landing-kpi/jobs/abc", "executor"),
        ("/v1/landing-kpi/batch-execute", "executor"),
        ("/v1/landing-kpi/executions/9/cancel", "executor"),
        ("/v1/landing-kpi/executions/9/retry", "executor"),
        ("/v1/landing-kpi/kpis/7/preview", "executor"),
        ("/v1/landing-kpi/preview", "executor"),
        ("/sources/1", "executor"),
        ("/schemas", "executor"),
        ("/kg/demo/refresh", "executor"),
        ("/rulesets", "executor"),
        ("/v3/execute", "executor"),
        ("/v1/landing-kpi/kpis/7/executions", "results"),
        ("/v1/landing-kpi/kpis/7/breaks", "results"),
        ("/v1/landing-kpi/kpis/7/breaks/3/assign", "results"),
        ("/v1/landing-kpi/executions", "results"),
        ("/v1/landing-kpi/executions/9", "results"),
        ("/v1/landing-kpi/executions/9/drilldown", "results"),
        ("/v1/landing-kpi/executions/9/export/parquet", "results"),
        ("/v1/landing-kpi/compare-executions", "results"),
        ("/v1/landing-kpi/kpis/7/audit-log", "audit"),
        ("/v1/landing-kpi/kpis/7/metrics", "audit"),
        ("/api/v1/executions/jane/stats", "audit"),
        ("/api/v1/executions/stats/global", "audit"),
        ("/v1/audit/events/4/proof", "audit"),
        ("/metrics", "nobody"),
        ("/readyz", "nobody"),
        ("/sourcesx", "nobody"),
        ("/auth/identity", "nobody"),
    ],
)
def test_each_path_of_the_api_goes_to_its_service(path: str, service: str) -> None:
    assert service_of(path) == service


def test_every_way_to_execute_counts_against_the_rate() -> None:
    limited = {route.name for route in ROUTES if route.limited}
    assert limited == {"execute", "batch-execute", "ad-hoc", "retry"}


def test_what_is_read_is_never_buffered() -> None:
    routers = dynamic_configuration(URLS, 10)["http"]["routers"]
    for name, router in routers.items():
        if name.endswith("-read"):
            assert set(router["middlewares"]) <= {*EVERY_REQUEST, "away"}


def test_the_rate_is_the_setting() -> None:
    middlewares = dynamic_configuration(URLS, 3)["http"]["middlewares"]
    assert middlewares["limit-rate"]["rateLimit"]["average"] == 3
    assert middlewares["limit-rate"]["rateLimit"]["burst"] == 3


@pytest.mark.parametrize("service", SERVICES)
def test_below_docs_only_pages_are_fetched_and_no_prefix_is_open(service: str) -> None:
    for rule in documentation_rules(service):
        assert rule.endswith("&& (Method(`GET`) || Method(`HEAD`))")
        assert "PathPrefix" not in rule
        assert "metrics" not in rule


def test_the_gateway_takes_bodies_as_large_as_the_services_do() -> None:
    assert BODY_LIMIT == MAX_BODY
