"""Golden samples: one stored event of every version there ever was.

`python -m tests.contracts.golden_samples` writes a sample for each event that has none yet. A
file once committed is never changed: it is what lies in somebody's event table.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from kpi_contracts.catalogue import all_events, event_type
from kpi_contracts.envelope import Actor, Envelope, Record, to_record
from kpi_contracts.messages import format_time

FOLDER = Path(__file__).parent / "golden"
TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
ID = UUID("01900000-0000-7000-8000-000000000001")
VALUES: dict[Any, Any] = {
    str: "text",
    int: 7,
    float: 1.5,
    bool: True,
    datetime: TIME,
    UUID: ID,
    Any: "any",
}


def sample(hint: Any) -> Any:
    """Return a value of a type as the contracts use it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return sample(next(kind for kind in arguments if kind is not type(None)))
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return (sample(arguments[0]), sample(arguments[0]))
    if origin is Mapping:
        return {"key": "value"}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{field.name: sample(hints[field.name]) for field in dataclasses.fields(hint)})
    return VALUES[hint]


def envelope(cls: type[Any]) -> Envelope:
    """Return an event of a class with everything filled in."""
    return Envelope(
        id=ID,
        aggregate=event_type(cls).aggregate,
        aggregate_id="7",
        version=2,
        time=TIME,
        actor=Actor("ann@example.org", "user"),
        correlation_id=ID,
        causation_id=ID,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data=sample(cls),
    )


def to_json(record: Record) -> dict[str, Any]:
    """Return a record as it lies in a golden file."""
    return {
        "id": str(record.id),
        "type": record.type,
        "aggregate": record.aggregate,
        "aggregate_id": record.aggregate_id,
        "version": record.version,
        "time": format_time(record.time),
        "actor": {"subject": record.actor.subject, "kind": record.actor.kind},
        "correlation_id": str(record.correlation_id),
        "causation_id": str(record.causation_id),
        "traceparent": record.traceparent,
        "data": record.data,
    }


def from_json(content: dict[str, Any]) -> Record:
    """Return the record in a golden file."""
    return Record(
        id=UUID(content["id"]),
        type=content["type"],
        aggregate=content["aggregate"],
        aggregate_id=content["aggregate_id"],
        version=content["version"],
        time=datetime.fromisoformat(content["time"]),
        actor=Actor(**content["actor"]),
        correlation_id=UUID(content["correlation_id"]),
        causation_id=UUID(content["causation_id"]),
        traceparent=content["traceparent"],
        data=content["data"],
    )


def path_of(name: str) -> Path:
    """Return where the sample of a type lies."""
    return FOLDER / f"{name}.json"


def write_missing() -> None:
    """Write a sample for every event that has none."""
    for name, cls in all_events().items():
        if not path_of(name).exists():
            content = to_json(to_record(envelope(cls)))
            path_of(name).write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    write_missing()
