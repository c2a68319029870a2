"""Per KPI: who did what, when. A projection of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from kpi_audit.tracking import query_executions
from kpi_contracts.breaks import BreakAssigned, BreakCommented
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import (
    DefinitionCreated,
    DefinitionDeleted,
    DefinitionPinned,
    DefinitionRestored,
    DefinitionRolledBack,
    DefinitionUnpinned,
    DefinitionUpdated,
    FieldChange,
)
from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import (
    ExecutionCancelRequested,
    ExecutionRejected,
    ExecutionRequested,
)
from kpi_contracts.result import ResultExpired, ResultExported, ResultViewed
from kpi_contracts.retention import RetentionRemoved, RetentionSet
from kpi_contracts.schemas import schema_of
from kpi_eventsourcing.schema import TIMESTAMP

metadata = sa.MetaData()

kpi_history = sa.Table(
    "kpi_history",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kpi_id", sa.BigInteger, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("performed_by", sa.Text, nullable=False),
    sa.Column("performed_at", TIMESTAMP, nullable=False),
    sa.Column("version", sa.Integer, comment="of the KPI, where the action made one or ran one"),
    sa.Column("execution_id", sa.Text),
    sa.Column("changes", JSON(none_as_null=True)),
    sa.Index("kpi_history_kpi", "kpi_id", "seq"),
)

Changes = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody did to a KPI. `kpi_id` None: that of the execution."""

    name: str
    kpi_id: int | None
    version: int | None = None
    execution_id: str | None = None
    changes: Changes | None = None


def project(connection: sa.Connection, events: Iterable[tuple[int, Envelope]]) -> None:
    """Write down the actions among some events, given with their places in the log.

    The executions among them must have been projected (`tracking`) before.
    """
    actions = [
        (seq, envelope, ACTIONS[type(envelope.data)](envelope, envelope.data))
        for seq, envelope in events
        if type(envelope.data) in ACTIONS
    ]
    kpi_ids = _kpis_of(connection, [action for _, _, action in actions])
    rows = [
        _row(seq, envelope, action, kpi_id)
        for seq, envelope, action in actions
        if (kpi_id := action.kpi_id or kpi_ids.get(action.execution_id or "")) is not None
    ]
    if rows:
        connection.execute(sa.insert(kpi_history), rows)


def _row(seq: int, envelope: Envelope, action: Action, kpi_id: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "kpi_id": kpi_id,
        "action": action.name,
        "performed_by": envelope.actor.subject,
        "performed_at": envelope.time,
        "version": action.version,
        "execution_id": action.execution_id,
        "changes": action.changes,
    }


def _kpis_of(connection: sa.Connection, actions: list[Action]) -> Mapping[str, int]:
    wanted = [action.execution_id for action in actions if action.kpi_id is None]
    if not wanted:
        return {}
    table = query_executions
    rows = connection.execute(
        sa.select(table.c.execution_id, table.c.kpi_id).where(
            table.c.execution_id.in_(wanted), table.c.kpi_id.is_not(None)
        )
    )
    return {row.execution_id: row.kpi_id for row in rows}


def _created(envelope: Envelope, event: DefinitionCreated) -> Action:
    return _on_definition("CREATE", envelope, asdict(event))


def _updated(envelope: Envelope, event: DefinitionUpdated) -> Action:
    return _on_definition("UPDATE", envelope, _by_field(event.changes))


def _deleted(envelope: Envelope, _: DefinitionDeleted) -> Action:
    return _on_definition("DELETE", envelope)


def _restored(envelope: Envelope, _: DefinitionRestored) -> Action:
    return _on_definition("RESTORE", envelope)


def _rolled_back(envelope: Envelope, event: DefinitionRolledBack) -> Action:
    changes = {"to_version": event.to_version, **_by_field(event.changes)}
    return _on_definition("ROLLBACK", envelope, changes)


def _pinned(envelope: Envelope, event: DefinitionPinned) -> Action:
    return _on_definition("PIN", envelope, _plain(event.reading))


def _unpinned(envelope: Envelope, _: DefinitionUnpinned) -> Action:
    return _on_definition("UNPIN", envelope)


def _requested(envelope: Envelope, event: ExecutionRequested) -> Action:
    name = "EXECUTE" if event.retry_of is None else "RETRY"
    details: Changes = {"origin": event.origin, "kg_name": event.parameters.kg_name}
    if event.retry_of is not None:
        details["retry_of"] = event.retry_of
    return _on_execution(name, envelope, event.kpi_id, details, event.kpi_version)


def _cancel_requested(envelope: Envelope, event: ExecutionCancelRequested) -> Action:
    return _on_execution("CANCEL", envelope, None, {"reason": event.reason})


def _rejected(envelope: Envelope, event: ExecutionRejected) -> Action:
    return _on_execution("REJECT", envelope, event.kpi_id, {"reason": event.reason})


def _of_rows(name: str) -> Callable[[Envelope, Any], Action]:
    """Make the reader of an event about the rows of an execution, named `name`."""

    def read(_: Envelope, event: ResultViewed | ResultExported | ResultExpired) -> Action:
        details = _plain(event)
        kpi_id, execution_id = details.pop("kpi_id"), str(details.pop("execution_id"))
        return Action(name, kpi_id, None, execution_id, details)

    return read


def _assigned(envelope: Envelope, event: BreakAssigned) -> Action:
    details = {"assignee": event.assignee, "reason": event.reason}
    return _on_break("ASSIGN", envelope, event.kpi_id, details)


def _commented(envelope: Envelope, event: BreakCommented) -> Action:
    return _on_break("COMMENT", envelope, event.kpi_id, {"comment": event.comment})


def _retention_set(_: Envelope, event: RetentionSet) -> Action:
    details = {"runs": event.runs, "days": event.days, "bytes": event.bytes}
    return Action("SET_RETENTION", event.kpi_id, changes=details)


def _retention_removed(_: Envelope, event: RetentionRemoved) -> Action:
    return Action("REMOVE_RETENTION", event.kpi_id)


def _on_break(name: str, envelope: Envelope, kpi_id: int, details: Changes) -> Action:
    return Action(name, kpi_id, None, None, {"break_id": envelope.aggregate_id, **details})


def _on_definition(name: str, envelope: Envelope, changes: Changes | None = None) -> Action:
    return Action(name, int(envelope.aggregate_id), envelope.version, None, changes)


def _on_execution(
    name: str,
    envelope: Envelope,
    kpi_id: int | None,
    details: Changes,
    version: int | None = None,
) -> Action:
    return Action(name, kpi_id, version, envelope.aggregate_id, details)


def _plain(value: object) -> Changes:
    """Return a part of an event, or all it says, as plain JSON."""
    plain: Changes = schema_of(type(value)).dump(value)
    return plain


def _by_field(changes: Iterable[FieldChange]) -> Changes:
    return {change.field: {"old": change.old, "new": change.new} for change in changes}


ACTIONS: Mapping[type[DomainEvent], Callable[[Envelope, Any], Action]] = {
    DefinitionCreated: _created,
    DefinitionUpdated: _updated,
    DefinitionDeleted: _deleted,
    DefinitionRestored: _restored,
    DefinitionRolledBack: _rolled_back,
    DefinitionPinned: _pinned,
    DefinitionUnpinned: _unpinned,
    ExecutionRequested: _requested,
    ExecutionCancelRequested: _cancel_requested,
    ExecutionRejected: _rejected,
    ResultViewed: _of_rows("VIEW"),
    ResultExported: _of_rows("EXPORT"),
    ResultExpired: _of_rows("EXPIRE"),
    RetentionSet: _retention_set,
    RetentionRemoved: _retention_removed,
    BreakAssigned: _assigned,
    BreakCommented: _commented,
}
