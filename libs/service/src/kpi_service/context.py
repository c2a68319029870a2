"""The circumstances of a command that came by HTTP, for the events it leads to."""

from __future__ import annotations

from uuid import UUID

from kpi_contracts.ids import uuid7
from kpi_eventsourcing.context import Context
from kpi_service.auth import current_actor
from kpi_service.tracing import current_trace_id, current_traceparent


def command_context() -> Context:
    """Return the caller, now, and the request's trace; the trace id is the correlation id."""
    trace_id = current_trace_id()
    return Context(
        actor=current_actor(),
        correlation_id=UUID(hex=trace_id) if trace_id else uuid7(),
        traceparent=current_traceparent(),
    )
