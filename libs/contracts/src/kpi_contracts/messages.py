"""Events as NATS messages: CloudEvents 1.0, NATS protocol binding, binary mode.

Attributes travel as `ce-*` headers (percent-encoded where needed), the data as a JSON body.
Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote, unquote
from uuid import UUID

from kpi_contracts.envelope import Actor, ActorKind, Record
from kpi_contracts.errors import InvalidMessage
from kpi_contracts.subjects import subject_of

_SAFE = "!#$&'()*+,-./:;<=>?@[]^_`{|}~"


@dataclass(frozen=True, slots=True)
class Message:
    """A message ready to publish; `Nats-Msg-Id` in the headers makes publishing it idempotent."""

    subject: str
    headers: dict[str, str]
    body: bytes


def encode(record: Record) -> Message:
    """Return the message of an event."""
    headers = {
        "Nats-Msg-Id": str(record.id),
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": str(record.id),
        "ce-type": record.type,
        "ce-source": f"/kpi-ledger/{record.aggregate}",
        "ce-subject": record.aggregate_id,
        "ce-time": format_time(record.time),
        "ce-aggregateversion": str(record.version),
        "ce-actor": quote(record.actor.subject, safe=_SAFE),
        "ce-actorkind": record.actor.kind,
        "ce-correlationid": str(record.correlation_id),
    }
    if record.causation_id is not None:
        headers["ce-causationid"] = str(record.causation_id)
    if record.traceparent is not None:
        headers["traceparent"] = record.traceparent
    return Message(subject_of(record), headers, dump_json(record.data))


def decode(headers: Mapping[str, str] | None, body: bytes) -> Record:
    """Return the event in a message; raises InvalidMessage when a header or the body is amiss."""
    if headers is None:
        raise InvalidMessage("the message has no CloudEvents headers")
    try:
        causation = headers.get("ce-causationid")
        return Record(
            id=UUID(headers["ce-id"]),
            type=headers["ce-type"],
            aggregate=headers["ce-source"].rpartition("/")[2],
            aggregate_id=headers["ce-subject"],
            version=int(headers["ce-aggregateversion"]),
            time=datetime.fromisoformat(headers["ce-time"]),
            actor=_actor(headers),
            correlation_id=UUID(headers["ce-correlationid"]),
            causation_id=UUID(causation) if causation else None,
            traceparent=headers.get("traceparent"),
            data=_object(body),
        )
    except KeyError as error:
        raise InvalidMessage(f"the header {error} is missing") from error
    except (ValueError, RecursionError) as error:
        raise InvalidMessage(str(error)) from error


def canonical(record: Record) -> bytes:
    """Return the bytes that stand for an event in hashes: JSON with sorted keys and no blanks."""
    content = {
        "actor": record.actor.subject,
        "actorkind": record.actor.kind,
        "aggregate": record.aggregate,
        "aggregateid": record.aggregate_id,
        "aggregateversion": record.version,
        "causationid": str(record.causation_id) if record.causation_id else None,
        "correlationid": str(record.correlation_id),
        "data": record.data,
        "id": str(record.id),
        "time": format_time(record.time),
        "type": record.type,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def format_time(time: datetime) -> str:
    """Return RFC 3339 in UTC with microseconds and `Z`."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def dump_json(data: Mapping[str, Any]) -> bytes:
    """Return compact JSON."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _actor(headers: Mapping[str, str]) -> Actor:
    kind = headers["ce-actorkind"]
    if kind not in ("user", "service", "system"):
        raise ValueError(f"{kind!r} is no kind of actor")
    return Actor(unquote(headers["ce-actor"]), cast("ActorKind", kind))


def _object(body: bytes) -> dict[str, Any]:
    content = json.loads(body)
    if not isinstance(content, dict):
        raise ValueError("the body is not a JSON object")
    return content
