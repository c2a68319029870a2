"""The W3C trace context of the work at hand, whether or not anything is exported.

Every request gets a trace id: the caller's if it sent a valid `traceparent`, a new one otherwise.
Nothing here imports OpenTelemetry; `spans.py` does, when an endpoint is set, and then this
context mirrors its current span.
"""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_CURRENT: ContextVar[TraceContext | None] = ContextVar("kpi_trace_context", default=None)


@dataclass(frozen=True, slots=True)
class TraceContext:
    """One span's place in a trace: ids as lower-case hexadecimal (32 and 16 digits)."""

    trace_id: str
    span_id: str
    flags: str = "00"

    @classmethod
    def new(cls) -> TraceContext:
        """Begin a trace."""
        return cls(secrets.token_hex(16), secrets.token_hex(8))

    @classmethod
    def parse(cls, traceparent: str | None) -> TraceContext | None:
        """Read a `traceparent` header; None when it is absent or not valid."""
        match = _FORM.fullmatch(traceparent) if traceparent else None
        if match is None or not int(match[1], 16) or not int(match[2], 16):
            return None
        return cls(match[1], match[2], match[3])

    def child(self) -> TraceContext:
        """Return a new span of the same trace."""
        return TraceContext(self.trace_id, secrets.token_hex(8), self.flags)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def continue_trace(traceparent: str | None) -> TraceContext:
    """Enter a span of the trace that `traceparent` names, or of a new one, and return it."""
    parent = TraceContext.parse(traceparent)
    return enter(parent.child() if parent else TraceContext.new())


def enter(context: TraceContext | None) -> TraceContext:
    """Make `context` (or a new trace) the current one of this thread or task."""
    context = context or TraceContext.new()
    _CURRENT.set(context)
    return context


def current_traceparent() -> str | None:
    """Return the `traceparent` to send along with events and calls, if there is a trace."""
    context = _CURRENT.get()
    return str(context) if context else None


def current_trace_id() -> str | None:
    """Return the trace id to quote in answers and log lines."""
    context = _CURRENT.get()
    return context.trace_id if context else None
