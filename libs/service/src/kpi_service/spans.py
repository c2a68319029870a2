"""OpenTelemetry spans, sent to a collector only when an OTLP endpoint is set.

The OpenTelemetry SDK is imported by `export_traces` alone, and what it instruments only where it
is given: a process that exports nothing does not pay its memory and start time, and a worker that
does still loads no Flask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpi_service.tracing import TraceContext

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

_exporting = False  # one tracer provider per process, as OpenTelemetry has it


def export_traces(
    service: str, endpoint: str | None, *, app: Flask | None = None, engine: Engine | None = None
) -> None:
    """Send this process's spans to `endpoint` (OTLP over HTTP), if there is one.

    Those of messages on the bus are made by `kpi_bus`; those of requests and SQL statements only
    for the `app` and the `engine` given.
    """
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


def current_span() -> TraceContext | None:
    """Return the context of the span at hand; None when nothing is exported or there is none."""
    if not _exporting:
        return None
    from opentelemetry import trace

    context: Any = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return TraceContext(
        f"{context.trace_id:032x}", f"{context.span_id:016x}", f"{int(context.trace_flags):02x}"
    )
