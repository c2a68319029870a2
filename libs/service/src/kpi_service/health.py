"""/healthz, /readyz and /metrics of a Flask service."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kpi_service.auth import public
from kpi_service.problems import Problem
from kpi_service.readiness import Readiness

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def liveness() -> Response:
    """Answer as long as the process handles requests at all."""
    return jsonify(status="ok", service=current_app.name)


@health.get("/readyz")
@public
def readiness() -> Response:
    """Answer 200, or 503 naming what is missing."""
    checks: Readiness = current_app.extensions["kpi_readiness"]
    missing = checks.missing()
    if missing:
        raise Problem(
            503,
            f"Not ready: {', '.join(sorted(missing))}.",
            errors={name: [reason] for name, reason in missing.items()},
            headers={"Retry-After": "1"},
        )
    return jsonify(status="ready", service=current_app.name)


@health.get("/metrics")
@public
def metrics() -> Response:
    """Serve the process's metrics to Prometheus."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
