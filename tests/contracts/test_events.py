"""The events of today can be read for ever, and the documents say what the code does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from kpi_contracts.catalogue import all_events
from kpi_contracts.documents import files, json_schema
from kpi_contracts.envelope import from_record, to_record
from kpi_contracts.errors import InvalidEvent, InvalidMessage, UnknownEvent
from kpi_contracts.messages import canonical, decode, encode
from tests.contracts.golden_samples import FOLDER, envelope, from_json, path_of, to_json

DOCUMENTS = Path(__file__).parents[2] / "docs" / "events"
GOLDEN = sorted(FOLDER.glob("*.json"))
EVENTS = sorted(all_events().items())


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_event_ever_stored_can_still_be_read(path: Path) -> None:
    record = from_json(json.loads(path.read_text()))
    today = to_record(from_record(record))
    if today.type == record.type:
        assert to_json(today) == json.loads(path.read_text())


@pytest.mark.parametrize("name", [name for name, _ in EVENTS])
def test_every_event_has_a_golden_sample(name: str) -> None:
    assert path_of(name).exists(), "run: python -m tests.contracts.golden_samples"


@pytest.mark.parametrize(("name", "cls"), EVENTS)
def test_an_event_survives_the_wire(name: str, cls: type[Any]) -> None:
    record = to_record(envelope(cls))
    message = encode(record)
    received = decode(message.headers, message.body)
    assert received == record
    assert from_record(received) == envelope(cls)
    assert canonical(received) == canonical(record)
    assert message.subject == f"kpi.evt.{record.aggregate}.7.{name.split('.')[-2]}"


@pytest.mark.parametrize(("name", "cls"), EVENTS)
def test_what_is_sent_fits_the_published_schema(name: str, cls: type[Any]) -> None:
    jsonschema_rs.validate(json_schema(cls), to_record(envelope(cls)).data)


@pytest.mark.parametrize(("name", "text"), sorted(files().items()))
def test_the_committed_documents_are_those_of_the_code(name: str, text: str) -> None:
    assert (DOCUMENTS / name).read_text() == text, "run: make docs"


def test_no_document_is_left_of_an_event_that_is_gone() -> None:
    written = {str(path.relative_to(DOCUMENTS)) for path in DOCUMENTS.glob("schemas/*.json")}
    assert written == {name for name in files() if name.startswith("schemas/")}


def test_an_unknown_version_is_refused_by_name() -> None:
    content = json.loads(path_of("io.kpiledger.definition.deleted.v1").read_text())
    with pytest.raises(UnknownEvent, match=r"definition\.deleted\.v9"):
        from_record(from_json(content | {"type": "io.kpiledger.definition.deleted.v9"}))


def test_an_unknown_field_is_refused_by_name() -> None:
    content = json.loads(path_of("io.kpiledger.definition.deleted.v1").read_text())
    with pytest.raises(InvalidEvent, match="surprise"):
        from_record(from_json(content | {"data": {"surprise": 1}}))


@pytest.mark.parametrize(
    ("missing", "body"), [("ce-id", b"{}"), (None, b"[1]"), (None, b"{"), (None, b"\xff")]
)
def test_a_message_that_is_no_event_is_refused(missing: str | None, body: bytes) -> None:
    _, cls = EVENTS[0]
    headers = encode(to_record(envelope(cls))).headers
    headers.pop(missing or "", None)
    with pytest.raises(InvalidMessage):
        decode(headers, body)
