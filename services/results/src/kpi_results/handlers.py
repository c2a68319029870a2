"""One handler a command: load, decide, append. Repeating a command changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher, Handler
from kpi_eventsourcing.unit_of_work import Change, UnitOfWork, each
from kpi_results import remarks, rules, shelf
from kpi_results.commands import (
    AssignBreak,
    CommentBreak,
    ExpireResult,
    RecordDifference,
    RecordReadings,
    RemoveRetention,
    ReportDamage,
    ReportRepair,
    SetRetention,
)
from kpi_results.errors import BreakNotFound
from kpi_results.ledger import breaks
from kpi_results.remarks import Break
from kpi_results.result import Result
from kpi_results.rules import RetentionRule

READINGS = 0x6B706972  # arbitrary; the first key of the advisory locks below
_IN_TURN = sa.select(
    sa.func.pg_advisory_xact_lock(
        READINGS, sa.func.unnest(sa.bindparam("streams", type_=ARRAY(sa.Integer)))
    )
)


def record_readings(command: RecordReadings, uow: UnitOfWork, _: Context) -> None:
    """Append at the ends of the results' streams, one recorder after the other.

    Many may read one result at once: locks make them wait where they would otherwise collide.
    """
    ids = {reading.execution_id for reading, _ in command.readings}
    _take_turns(uow.connection, ids)
    ends = {execution_id: uow.at_end(Result, execution_id).version for execution_id in ids}
    changes = []
    for reading, context in command.readings:
        result = Result(str(reading.execution_id))
        result.version = ends[reading.execution_id]
        ends[reading.execution_id] += 1  # where the next reading of this result follows on
        changes.append(Change(result, [reading], context))
    uow.append_all(changes)


def _take_turns(connection: sa.Connection, execution_ids: Collection[int]) -> None:
    # In one order everywhere, so that no two recorders wait for each other.
    streams = sorted({execution_id % 2**31 for execution_id in execution_ids})
    connection.execute(_IN_TURN, {"streams": streams})


def record_difference(command: RecordDifference, uow: UnitOfWork, context: Context) -> None:
    """Record the difference, unless one is on record."""
    result = uow.load(Result, command.outcome.execution_id)
    uow.append(result, result.compare(command.outcome), context)


def report_damage(command: ReportDamage, uow: UnitOfWork, context: Context) -> None:
    """Report the part, once."""
    result = uow.load(Result, command.execution_id)
    uow.append(result, result.damage(command.part, command.reason), context)


def report_repair(command: ReportRepair, uow: UnitOfWork, context: Context) -> None:
    """Report that the part is whole, if there is damage on record."""
    result = uow.load(Result, command.execution_id)
    uow.append(result, result.repair(command.part), context)


def expire(command: ExpireResult, uow: UnitOfWork, context: Context) -> None:
    """Expire the result, once."""
    result = uow.load(Result, command.execution_id)
    uow.append(result, result.expire(command.reason), context)


def set_retention(command: SetRetention, uow: UnitOfWork, context: Context) -> None:
    """Set the KPI's rule, unless it is that already."""
    rule = uow.load(RetentionRule, command.kpi_id)
    uow.append(rule, rule.set(command.limits), context)


def remove_retention(command: RemoveRetention, uow: UnitOfWork, context: Context) -> None:
    """Remove the KPI's rule, if it has one."""
    rule = uow.load(RetentionRule, command.kpi_id)
    uow.append(rule, rule.remove(), context)


def assign_break(command: AssignBreak, uow: UnitOfWork, context: Context) -> None:
    """Assign the break; raises BreakNotFound."""
    found = _break(uow, command)
    uow.append(found, found.assign(command.kpi_id, command.assignee, command.reason), context)


def comment_break(command: CommentBreak, uow: UnitOfWork, context: Context) -> None:
    """Note a comment on the break; raises BreakNotFound."""
    found = _break(uow, command)
    uow.append(found, found.comment(command.kpi_id, command.comment), context)


def _break(uow: UnitOfWork, command: AssignBreak | CommentBreak) -> Break:
    of_kpi = (breaks.c.id == command.break_id, breaks.c.kpi_id == command.kpi_id)
    if uow.connection.execute(sa.select(breaks.c.id).where(*of_kpi)).one_or_none() is None:
        raise BreakNotFound(command.kpi_id, command.break_id)
    return uow.load(Break, command.break_id)


def make_dispatcher(engine: sa.Engine) -> Dispatcher:
    """Return what handles this service's commands."""
    projections = [each(module.project) for module in (shelf, remarks, rules)]
    return Dispatcher(engine, projections, HANDLERS)


HANDLERS: Mapping[type[Any], Handler] = {
    RecordReadings: record_readings,
    RecordDifference: record_difference,
    ReportDamage: report_damage,
    ReportRepair: report_repair,
    ExpireResult: expire,
    SetRetention: set_retention,
    RemoveRetention: remove_retention,
    AssignBreak: assign_break,
    CommentBreak: comment_break,
}
