"""W3C trace context in message headers, through OpenTelemetry's API only (no-op without an SDK)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("kpi_bus")


def inject(headers: dict[str, str]) -> None:
    """Write the current span into the headers, if there is one."""
    _propagator.inject(headers)


def extract(headers: Mapping[str, str] | None) -> Context:
    """Return the context of the span that sent a message; an empty one if it named none."""
    return _propagator.extract(dict(headers or {}), Context())


def current_traceparent() -> str | None:
    """Return the `traceparent` of the current span, to be stored with an event."""
    headers: dict[str, str] = {}
    inject(headers)
    return headers.get("traceparent")


@contextmanager
def consuming(name: str, traceparent: str | None) -> Iterator[Span]:
    """Run a block as the consumer's span, a child of the span that sent the message."""
    parent = extract({"traceparent": traceparent} if traceparent else None)
    with _tracer.start_as_current_span(name, parent, SpanKind.CONSUMER) as span:
        yield span


@contextmanager
def consuming_together(name: str, traceparents: Iterable[str | None]) -> Iterator[Span]:
    """Run a block as one span for several messages, linked to each span that sent one."""
    senders = (extract({"traceparent": sender}) for sender in traceparents if sender)
    links = [Link(trace.get_current_span(sender).get_span_context()) for sender in senders]
    with _tracer.start_as_current_span(name, Context(), SpanKind.CONSUMER, links=links) as span:
        yield span
