"""What an aggregate was at some moment, as far as its events say it.

The fold knows no type of event, so it also reads those of the future: an event's data are laid
over those before it; a list of `changes` (field, old, new) is applied field by field; and an
aggregate that was `deleted` or `removed` stays so until it is `restored`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpi_audit.errors import NothingThen
from kpi_audit.log import Entry, audit_log, entry_of
from kpi_contracts.envelope import Record

_PUT_AWAY = {"deleted": True, "removed": True, "restored": False}


@dataclass(frozen=True, slots=True)
class State:
    """An aggregate after its events up to `last`, the entry that made it so."""

    last: Entry
    deleted: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)


def state_at(
    connection: sa.Connection, aggregate: str, aggregate_id: str, moment: datetime
) -> State:
    """Return the state by the events that bear a time up to `moment`; raises NothingThen."""
    query = (
        sa.select(audit_log)
        .where(
            audit_log.c.aggregate == aggregate,
            audit_log.c.aggregate_id == aggregate_id,
            audit_log.c.time <= moment,
        )
        .order_by(audit_log.c.seq)
    )
    state = fold(entry_of(row) for row in connection.execute(query))
    if state is None:
        raise NothingThen(aggregate, aggregate_id)
    return state


def fold(entries: Iterable[Entry]) -> State | None:
    """Return what the events of one aggregate, in order, amount to; None without any."""
    state: State | None = None
    for entry in entries:
        known = {} if state is None else state.fields
        deleted = state is not None and state.deleted
        state = State(
            entry,
            _PUT_AWAY.get(_verb(entry.record), deleted),
            {**known, **_news(entry.record)},
        )
    return state


def _verb(record: Record) -> str:
    return record.type.rpartition(".v")[0].rpartition(".")[2]


def _news(record: Record) -> Mapping[str, Any]:
    news = dict(record.data)
    changes = news.pop("changes", ())
    if not isinstance(changes, list):
        return record.data
    for change in changes:
        if isinstance(change, dict) and "field" in change:
            news[change["field"]] = change.get("new")
    return news
