"""Request metrics always; OpenTelemetry spans only when an OTLP endpoint is set.

The OpenTelemetry SDK is imported by `export_traces` alone: a process that exports nothing
does not pay its memory and start time.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram
from sqlalchemy import Engine

from kpi_service.tracing import TraceContext, continue_trace, enter

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
    span = _current_span()
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


_exporting = False  # one tracer provider per process, as OpenTelemetry has it


def export_traces(
    service: str, endpoint: str | None, *, app: Flask | None = None, engine: Engine | None = None
) -> None:
    """Send spans of requests and SQL statements to `endpoint` (OTLP over HTTP), if there is one."""
    if not endpoint:
        return
    global _exporting
    if not _exporting:
        _set_provider(service, endpoint)
        _exporting = True
    if app is not None:
        from opentelemetry.instrumentation.flask import FlaskInstrumentor

        instrumentor: Any = FlaskInstrumentor()
        instrumentor.instrument_app(app, excluded_urls="healthz,readyz,metrics")
    if engine is not None:
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

        SQLAlchemyInstrumentor().instrument(engine=engine)


def _set_provider(service: str, endpoint: str) -> None:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"kpi-{service}"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


def _current_span() -> TraceContext | None:
    if not _exporting:
        return None
    from opentelemetry import trace

    context: Any = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return TraceContext(
        f"{context.trace_id:032x}", f"{context.span_id:016x}", f"{int(context.trace_flags):02x}"
    )
