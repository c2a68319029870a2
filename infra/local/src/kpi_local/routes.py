"""The route table of the gateway: which service answers which path.

The first route that matches wins, so the narrow ones stand above the wide ones.
"""

from __future__ import annotations

from dataclasses import dataclass

KPI = "/v1/landing-kpi/kpis/[^/]+"
EXECUTION = "/v1/landing-kpi/executions/[^/]+"


@dataclass(frozen=True, slots=True)
class Route:
    """Paths and the service that answers them; `limited` ones count against the execute rate."""

    name: str
    service: str
    rule: str
    limited: bool = False


def under(*prefixes: str) -> str:
    """Match these paths and whatever lies below them."""
    return " || ".join(f"Path(`{path}`) || PathPrefix(`{path}/`)" for path in prefixes)


def exactly(*paths: str) -> str:
    """Match these paths and nothing below them."""
    return " || ".join(f"Path(`{path}`)" for path in paths)


def matching(pattern: str) -> str:
    """Match the whole path against a regular expression (Go syntax)."""
    return f"PathRegexp(`^{pattern}$`)"


ROUTES = (
    Route("execute", "executor", matching(f"{KPI}/execute(-async)?"), limited=True),
    Route("batch-execute", "executor", exactly("/v1/landing-kpi/batch-execute"), limited=True),
    Route("ad-hoc", "executor", exactly("/v3/execute"), limited=True),
    Route("retry", "executor", matching(f"{EXECUTION}/retry"), limited=True),
    Route("cancel", "executor", matching(f"{EXECUTION}/cancel")),
    Route("jobs", "executor", under("/v1/landing-kpi/jobs")),
    Route("preview", "executor", matching(f"({KPI}|/v1/landing-kpi)/preview")),
    Route("sources", "executor", under("/sources", "/schemas", "/kg", "/rulesets")),
    Route("kpi-executions", "results", matching(f"{KPI}/executions")),
    Route("kpi-upkeep", "results", matching(f"{KPI}/(breaks(/.+)?|retention)")),
    Route("executions", "results", under("/v1/landing-kpi/executions")),
    Route("compare", "results", under("/v1/landing-kpi/compare-executions")),
    Route("kpi-audit", "audit", matching(f"{KPI}/(audit-log|metrics)")),
    Route("tracking", "audit", under("/api/v1/executions")),
    Route("audit", "audit", under("/v1/audit")),
    Route("kpis", "definitions", under("/v1/landing-kpi/kpis")),
    Route("templates", "definitions", under("/api/admin/kpi/templates")),
    Route("targets", "definitions", under("/api/pov")),
)
