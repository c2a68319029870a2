"""The handlers of commands from outside that begin or stop executions: load, decide, append."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kpi_contracts.definition import PinnedReading
from kpi_contracts.execution import ExecutionRejected, ExecutionRequested
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.unit_of_work import Change, UnitOfWork
from kpi_executor import lookups, queue, replica
from kpi_executor.commands import (
    CancelExecution,
    RejectCommand,
    RetryExecution,
    RunKpi,
    RunKpis,
    RunQuery,
)
from kpi_executor.errors import ExecutionNotFound
from kpi_executor.execution import Execution
from kpi_executor.executions import UNIQUE_COMMAND, execution_ids, executions

# Statements of every run, built once: building one takes as long as executing it.
_KNOWN = sa.select(executions.c.command_id, executions.c.id).where(
    executions.c.command_id == sa.func.any(sa.bindparam("commands", type_=ARRAY(sa.Uuid)))
)
_NEW_IDS = sa.select(execution_ids.next_value()).select_from(
    sa.func.generate_series(1, sa.bindparam("count", type_=sa.Integer))
)


def run_kpi(command: RunKpi, uow: UnitOfWork, context: Context) -> int:
    """Accept a run and return its execution's id; a known `command_id` gives the first one's.

    Raises:
        UnknownKpi, VersionNotReached, UnknownGraph: the command cannot be accepted.

    """
    known = _execution_of_command(uow, command.command_id)
    if known is not None:
        return known
    return _accept(uow, [(_Requests(uow).of(command), context)])[0]


def run_kpis(command: RunKpis, uow: UnitOfWork, _: Context) -> list[int]:
    """Accept several runs, each with a `command_id`, and return their executions' ids.

    Raises what `run_kpi` raises for any of them.
    """
    found = _executions_of_commands(uow, [run.command_id for run, _ in command.runs])
    new = {run.command_id: (run, by) for run, by in command.runs if run.command_id not in found}
    requests = _Requests(uow)
    accepted = _accept(uow, [(requests.of(run), context) for run, context in new.values()])
    found |= zip(new, accepted, strict=True)
    return [found[run.command_id] for run, _ in command.runs]


class _Requests:
    """Makes requests of commands; looks each KPI and graph up once."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._kpi = cache(partial(replica.find, uow.connection))
        self._graph = cache(partial(lookups.find_graph, uow.connection))

    def of(self, command: RunKpi) -> ExecutionRequested:
        kpi = self._kpi(command.kpi_id, command.kpi_version)
        graph = self._graph(command.parameters.kg_name)
        return ExecutionRequested(
            kpi_id=kpi.id,
            kpi_version=kpi.version,
            kpi_name=kpi.name,
            nl_definition=kpi.nl_definition,
            sql=kpi.sql_definition,
            parameters=command.parameters,
            database_type=graph.database_type,
            origin=command.origin,
            command_id=command.command_id,
            pinned=_pinned_on(kpi, graph.name),
        )


def _pinned_on(kpi: replica.Kpi, kg_name: str) -> PinnedReading | None:
    return kpi.pinned if kpi.pinned is not None and kpi.pinned.kg_name == kg_name else None


def run_query(command: RunQuery, uow: UnitOfWork, context: Context) -> int:
    """Accept an ad-hoc query and return its execution's id; raises UnknownGraph."""
    known = _execution_of_command(uow, command.command_id)
    if known is not None:
        return known
    graph = lookups.find_graph(uow.connection, command.parameters.kg_name)
    request = ExecutionRequested(
        kpi_id=None,
        kpi_version=None,
        kpi_name=None,
        nl_definition=None,
        sql=command.sql,
        parameters=command.parameters,
        database_type=graph.database_type,
        origin="api",
        command_id=command.command_id,
        conversation_id=command.conversation_id,
    )
    return _accept(uow, [(request, context)])[0]


def retry(command: RetryExecution, uow: UnitOfWork, context: Context) -> int:
    """Accept a run of what an earlier execution ran; raises ExecutionNotFound."""
    known = _execution_of_command(uow, command.command_id)
    if known is not None:
        return known
    earlier = uow.load(Execution, command.execution_id)
    if earlier.request is None:
        raise ExecutionNotFound(command.execution_id)
    old = earlier.request
    request = ExecutionRequested(
        kpi_id=old.kpi_id,
        kpi_version=old.kpi_version,
        kpi_name=old.kpi_name,
        nl_definition=old.nl_definition,
        sql=old.sql,
        parameters=old.parameters,
        database_type=old.database_type,
        origin="retry",
        command_id=command.command_id,
        conversation_id=old.conversation_id,
        retry_of=command.execution_id,
        pinned=old.pinned,
    )
    return _accept(uow, [(request, context)])[0]


def reject(command: RejectCommand, uow: UnitOfWork, context: Context) -> int:
    """Record a refused command as an execution that failed; return its id."""
    known = _execution_of_command(uow, command.command_id)
    if known is not None:
        return known
    rejection = ExecutionRejected(
        kpi_id=command.kpi_id, reason=command.reason, command_id=command.command_id
    )
    [execution] = _new_executions(uow, 1)
    _begin(uow, [Change(execution, execution.reject(rejection), context)])
    return int(execution.id)


def cancel(command: CancelExecution, uow: UnitOfWork, context: Context) -> Execution:
    """Ask an execution to stop; raises ExecutionNotFound, ExecutionFinished."""
    queue.claim(uow.connection, [command.execution_id])
    queue.lock_waiting(uow.connection, [command.execution_id])
    execution = uow.load(Execution, command.execution_id)
    uow.append(execution, execution.request_cancel(command.reason), context)
    return execution


def _accept(uow: UnitOfWork, requests: Sequence[tuple[ExecutionRequested, Context]]) -> list[int]:
    accepted = _new_executions(uow, len(requests))
    _begin(
        uow,
        [
            Change(execution, execution.accept(request, context.time), context)
            for execution, (request, context) in zip(accepted, requests, strict=True)
        ],
    )
    return [int(execution.id) for execution in accepted]


def _begin(uow: UnitOfWork, firsts: Sequence[Change]) -> None:
    try:
        uow.append_all(firsts)
    except sa.exc.IntegrityError as error:
        if UNIQUE_COMMAND not in str(error.orig):
            raise
        # The same command came twice at once; deciding anew finds the other one's execution.
        raise ConcurrencyConflict(Execution.name, firsts[0].aggregate.id, 0) from error


def _new_executions(uow: UnitOfWork, count: int) -> list[Execution]:
    ids = uow.connection.execute(_NEW_IDS, {"count": count}).scalars()
    return [Execution(str(number)) for number in ids]


def _execution_of_command(uow: UnitOfWork, command_id: UUID | None) -> int | None:
    if command_id is None:
        return None
    return _executions_of_commands(uow, [command_id]).get(command_id)


def _executions_of_commands(
    uow: UnitOfWork, command_ids: Sequence[UUID | None]
) -> dict[UUID | None, int]:
    rows = uow.connection.execute(_KNOWN, {"commands": command_ids})
    return {row.command_id: row.id for row in rows}
