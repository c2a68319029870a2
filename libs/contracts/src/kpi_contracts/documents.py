"""JSON Schemas of every event and command, and the AsyncAPI document of the bus.

`python -m kpi_contracts.documents FOLDER` writes them; a test holds the written files to the
code. Needs the extra `documents` (apispec, which knows how to describe marshmallow fields).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from apispec.ext.marshmallow.openapi import OpenAPIConverter

from kpi_contracts import streams, subjects
from kpi_contracts.catalogue import all_events, event_type
from kpi_contracts.commands import CancelExecution, ExecuteKpi
from kpi_contracts.schemas import schema_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
HEADERS = {
    "type": "object",
    "required": ["ce-specversion", "ce-id", "ce-type", "ce-source", "ce-subject", "ce-time"],
    "properties": {
        "Nats-Msg-Id": {"type": "string", "format": "uuid"},
        "Content-Type": {"const": "application/json"},
        "ce-specversion": {"const": "1.0"},
        "ce-id": {"type": "string", "format": "uuid"},
        "ce-type": {"type": "string"},
        "ce-source": {"type": "string", "format": "uri-reference"},
        "ce-subject": {"type": "string", "description": "The aggregate's id"},
        "ce-time": {"type": "string", "format": "date-time"},
        "ce-aggregateversion": {"type": "string", "pattern": "^[0-9]+$"},
        "ce-actor": {"type": "string", "description": "Who caused it, percent-encoded"},
        "ce-actorkind": {"enum": ["user", "service", "system"]},
        "ce-correlationid": {"type": "string", "format": "uuid"},
        "ce-causationid": {"type": "string", "format": "uuid"},
        "traceparent": {"type": "string"},
    },
}
COMMANDS = {subjects.EXECUTE: ExecuteKpi, subjects.CANCEL: CancelExecution}


def json_schema(cls: type[Any]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a contract's class, nested classes inlined."""
    converter = OpenAPIConverter("3.1.0", lambda _: None, None)  # type: ignore[arg-type]
    fields = {name: _inlined(converter, field) for name, field in schema_of(cls).fields.items()}
    required = sorted(name for name, field in schema_of(cls).fields.items() if field.required)
    return {
        "type": "object",
        "description": " ".join((cls.__doc__ or "").split()),
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }


def _inlined(converter: OpenAPIConverter, field: Any) -> dict[str, Any]:
    nested, items = getattr(field, "schema", None), getattr(field, "inner", None)
    if nested is not None:
        shape = json_schema(nested.contract)
    elif items is not None:
        shape = {"type": "array", "items": _inlined(converter, items)}
    else:
        shape = converter.field2property(field)
        shape.pop("default", None)
        return shape
    return {"anyOf": [shape, {"type": "null"}]} if field.allow_none else shape


def async_api() -> dict[str, Any]:
    """Return the AsyncAPI 3 document: what services publish, and what others may send."""
    messages = {name: _event_message(name, cls) for name, cls in sorted(all_events().items())}
    channels = {_channel_name(name): _event_channel(name, cls) for name, cls in _events()}
    operations = {
        f"publish.{name}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{_channel_name(name)}"},
            "messages": [{"$ref": f"#/channels/{_channel_name(name)}/messages/event"}],
        }
        for name, _ in _events()
    }
    for subject, cls in COMMANDS.items():
        messages[cls.__name__] = {"payload": json_schema(cls), "contentType": "application/json"}
        channels[subject] = {
            "address": subject,
            "messages": {"command": {"$ref": f"#/components/messages/{cls.__name__}"}},
        }
        operations[f"receive.{subject}"] = {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{subject}"},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "KPI Ledger on the bus",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 over NATS JetStream, binary mode.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
        "x-streams": [
            {
                "name": stream.name,
                "subjects": list(stream.subjects),
                "retention": stream.retention,
                "description": stream.description,
            }
            for stream in streams.ALL
        ],
    }


def _events() -> list[tuple[str, type[Any]]]:
    return sorted(all_events().items())


def _event_message(name: str, cls: type[Any]) -> dict[str, Any]:
    return {"name": name, "headers": HEADERS, "payload": json_schema(cls)}


def _event_channel(name: str, cls: type[Any]) -> dict[str, Any]:
    kind = event_type(cls)
    return {
        "address": f"kpi.evt.{kind.aggregate}.{{id}}.{kind.verb}",
        "parameters": {"id": {"description": f"Id of the {kind.aggregate}"}},
        "messages": {"event": {"$ref": f"#/components/messages/{name}"}},
    }


def _channel_name(name: str) -> str:
    return name.removeprefix("io.kpiledger.")


def files() -> dict[str, str]:
    """Return every document by its file name."""
    schemas = {
        name: {"$schema": DIALECT, "$id": name, **json_schema(cls)} for name, cls in _events()
    }
    for cls in COMMANDS.values():
        schemas[cls.__name__] = {"$schema": DIALECT, "$id": cls.__name__, **json_schema(cls)}
    documents = {f"schemas/{name}.json": schema for name, schema in schemas.items()}
    documents["asyncapi.json"] = async_api()
    return {name: _text(document) for name, document in documents.items()}


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write the documents below a folder, in the place of older ones."""
    for old in folder.glob("schemas/*.json"):
        old.unlink()
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
