"""Reasons, sizes and trace context: what the bus adds to messages."""

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from kpi_bus.connection import check_size
from kpi_bus.errors import MessageTooLarge
from kpi_bus.parking import one_line
from kpi_bus.tracing import consuming, consuming_together, current_traceparent
from kpi_contracts.messages import Message

TRACE = 0x0AF7651916CD43DD8448EB211C80319C


def test_a_reason_fits_into_a_header() -> None:
    assert one_line("first\r\nsecond\tthird") == "first second third"
    assert len(one_line("x" * 5000)) == 1000


@pytest.mark.parametrize(("size", "refused"), [(899_000, False), (900_001, True)])
def test_the_size_of_a_message_counts_headers_in_bytes(size: int, refused: bool) -> None:
    for message in (
        Message("kpi.evt.a.1.b", {}, b"x" * size),
        Message("kpi.evt.a.1.b", {"k": "x" * size}, b""),
    ):
        if refused:
            with pytest.raises(MessageTooLarge):
                check_size(message)
        else:
            check_size(message)


def test_the_span_of_a_consumer_continues_the_trace_of_the_message() -> None:
    parent = SpanContext(TRACE, 7, is_remote=False, trace_flags=TraceFlags(1))
    with trace.use_span(NonRecordingSpan(parent)):
        traceparent = current_traceparent()
    assert traceparent == f"00-{TRACE:032x}-{7:016x}-01"
    with consuming("project", traceparent) as span:
        assert span.get_span_context().trace_id == TRACE


def test_without_a_trace_there_is_no_traceparent() -> None:
    assert current_traceparent() is None
    with consuming("project", None):
        assert current_traceparent() is None


def test_a_span_for_several_messages_continues_no_single_trace() -> None:
    sender = f"00-{TRACE:032x}-{7:016x}-01"
    with consuming_together("project", [sender, None, sender]) as span:
        assert span.get_span_context().trace_id != TRACE
