"""What happens to events from the bus: into the log, then into the projections, in one go."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import structlog

from kpi_audit import history, log, tracking
from kpi_audit.log import Entry
from kpi_bus.errors import is_transient
from kpi_contracts.catalogue import type_name
from kpi_contracts.envelope import Envelope, from_record
from kpi_contracts.errors import ContractError
from kpi_contracts.execution import ExecutionStarted
from kpi_eventsourcing.inbox import Delivered


def _unversioned(name: str) -> str:
    return name.rpartition(".v")[0]


CONSUMER = "audit"
TABLES = (tracking.query_executions, history.kpi_history)
_PROJECTED = frozenset(
    _unversioned(type_name(kind)) for kind in (*history.ACTIONS, *tracking.ENDS, ExecutionStarted)
)

logger = structlog.get_logger(__name__)


def take_in(connection: sa.Connection, events: Sequence[Delivered]) -> None:
    """Append new events to the log and project them, in the caller's transaction."""
    project(connection, log.append(connection, events))


def project(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    """Bring the projections up to some entries.

    An entry that cannot be projected stays in the log and is passed over: the record of what
    happened must not depend on our understanding of it.
    """
    events = [event for entry in entries if (event := _understood(entry)) is not None]
    if not events:
        return
    try:
        with connection.begin_nested():
            tracking.project(connection, events)
            history.project(connection, events)
    except Exception as error:
        if is_transient(error):
            raise
        _pass_over(connection, entries, error)


def _understood(entry: Entry) -> tuple[int, Envelope] | None:
    if _unversioned(entry.record.type) not in _PROJECTED:
        return None
    try:
        return entry.seq, from_record(entry.record)
    except ContractError as error:
        logger.warning("audit.not_projected", seq=entry.seq, error=str(error))
        return None


def _pass_over(connection: sa.Connection, entries: Sequence[Entry], error: Exception) -> None:
    """Project the entries one by one, but for the one that cannot be."""
    if len(entries) == 1:
        logger.error("audit.not_projected", seq=entries[0].seq, error=repr(error))
        return
    for entry in entries:
        project(connection, [entry])
