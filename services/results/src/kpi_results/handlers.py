"""One handler a command: load, decide, append. Repeating a command changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher, Handler
from kpi_eventsourcing.unit_of_work import UnitOfWork
from kpi_results import shelf
from kpi_results.commands import ExpireResult, RecordDifference, RecordReading, ReportDamage
from kpi_results.result import Result

_READINGS = 0x6B706972  # arbitrary; the first key of the advisory locks below


def record_reading(command: RecordReading, uow: UnitOfWork, context: Context) -> None:
    """Append at the end of the result's stream, one reader after the other.

    Many may read one result at once: a lock makes them wait where they would otherwise collide.
    """
    execution_id = command.reading.execution_id
    uow.connection.execute(
        sa.select(sa.func.pg_advisory_xact_lock(_READINGS, execution_id % 2**31))
    )
    result = uow.at_end(Result, execution_id)
    uow.append(result, [command.reading], context)


def record_difference(command: RecordDifference, uow: UnitOfWork, context: Context) -> None:
    """Record the difference, unless one is on record."""
    result = uow.load(Result, command.outcome.execution_id)
    uow.append(result, result.compare(command.outcome), context)


def report_damage(command: ReportDamage, uow: UnitOfWork, context: Context) -> None:
    """Report the part, once."""
    result = uow.load(Result, command.execution_id)
    uow.append(result, result.damage(command.part, command.reason), context)


def expire(command: ExpireResult, uow: UnitOfWork, context: Context) -> None:
    """Expire the result, once."""
    result = uow.load(Result, command.execution_id)
    uow.append(result, result.expire(command.reason), context)


def make_dispatcher(engine: sa.Engine) -> Dispatcher:
    """Return what handles this service's commands."""
    return Dispatcher(engine, [shelf.project], HANDLERS)


HANDLERS: Mapping[type[Any], Handler] = {
    RecordReading: record_reading,
    RecordDifference: record_difference,
    ReportDamage: report_damage,
    ExpireResult: expire,
}
