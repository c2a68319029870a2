"""Counts and times of requests, each within a trace."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from kpi_service.spans import current_span
from kpi_service.tracing import continue_trace, enter

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("kpi_http_requests_total", "Requests answered", ["method", "route", "status"])
DURATION = Histogram(
    "kpi_http_request_duration_seconds",
    "Time from the request's arrival to its answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)


def observe(app: Flask) -> None:
    """Count and time the requests of `app`, each within a trace."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    span = current_span()
    if span is not None:
        enter(span)
    else:
        continue_trace(request.headers.get("Traceparent"))


def _end(response: Response) -> Response:
    method = request.method if request.method in _METHODS else "other"
    route = request.url_rule.rule if request.url_rule else "none"
    REQUESTS.labels(method, route, response.status_code).inc()
    if "began" in g:
        DURATION.labels(method, route).observe(time.perf_counter() - g.began)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
