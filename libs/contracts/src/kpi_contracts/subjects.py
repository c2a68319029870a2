"""Subjects on the bus, in one place."""

from __future__ import annotations

import re

from kpi_contracts.envelope import Record
from kpi_contracts.errors import InvalidMessage

EVENTS = "kpi.evt.>"
COMMANDS = "kpi.cmd.>"
PARKED = "kpi.parked.>"
EXECUTE = "kpi.cmd.execute"
CANCEL = "kpi.cmd.cancel"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")


def event_subject(aggregate: str, aggregate_id: str, verb: str) -> str:
    """Return `kpi.evt.<aggregate>.<id>.<verb>`; raises InvalidMessage for an unfit token."""
    for token in (aggregate, aggregate_id, verb):
        if not _TOKEN.fullmatch(token):
            raise InvalidMessage(f"{token!r} cannot stand in a subject")
    return f"kpi.evt.{aggregate}.{aggregate_id}.{verb}"


def subject_of(record: Record) -> str:
    """Return the subject that an event is published on."""
    return event_subject(record.aggregate, record.aggregate_id, verb_of(record.type))


def events_of(aggregate: str) -> str:
    """Return the subject filter for every event of one kind of aggregate."""
    return f"kpi.evt.{aggregate}.>"


def parked_subject(consumer: str) -> str:
    """Return where a consumer lays down what it could not handle."""
    return f"kpi.parked.{consumer}"


def verb_of(type_name: str) -> str:
    """Return the verb in a full type name, known to this build or not."""
    return type_name.split(".")[-2]
