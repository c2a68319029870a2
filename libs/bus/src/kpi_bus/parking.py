"""What cannot be handled is put aside on `kpi.parked.<consumer>`, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from kpi_bus import metrics
from kpi_bus.connection import Bus, check_size
from kpi_bus.errors import MessageTooLarge
from kpi_contracts.messages import Message
from kpi_contracts.subjects import parked_subject

REASON = "Kpi-Parked-Reason"
SUBJECT = "Kpi-Parked-Subject"
SEQUENCE = "Kpi-Parked-Sequence"
_LONGEST_REASON = 1000

log = structlog.get_logger(__name__)


async def park(
    bus: Bus,
    consumer: str,
    reason: str,
    *,
    key: str,
    subject: str,
    headers: Mapping[str, str] | None,
    body: bytes,
) -> None:
    """Publish the message, as it was, with the reason why `consumer` could not handle it.

    `key` identifies the message to its consumer: parking it twice within the stream's dedupe
    window stores it once. A body too large for the bus is left out.

    Raises nats.errors.Error or Disconnected when it could not be stored.
    """
    parked = {
        **{key: value for key, value in (headers or {}).items() if not key.startswith("Nats-")},
        "Nats-Msg-Id": f"{consumer}:{key}",
        REASON: one_line(reason),
        SUBJECT: subject,
    }
    message = Message(parked_subject(consumer), parked, body)
    try:
        check_size(message)
    except MessageTooLarge:
        message = Message(message.subject, parked, b"")
    await bus.publish(message)
    metrics.PARKED.labels(consumer).inc()
    log.error("message.parked", consumer=consumer, subject=subject, key=key, reason=parked[REASON])


def one_line(reason: str) -> str:
    """Return a reason fit for a header: one line, at most 1000 characters."""
    return " ".join(reason.split())[:_LONGEST_REASON]
