"""Commands of other systems: the same code as the REST API's, reached by the bus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from kpi_bus.commands import BlockingHandler, Delivery, Together
from kpi_contracts.commands import CancelExecution as CancelMessage
from kpi_contracts.commands import ExecuteKpi, load_command
from kpi_contracts.envelope import Actor
from kpi_contracts.messages import Message
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import replica
from kpi_executor.commands import CancelExecution, RejectCommand, RunKpi, RunKpis
from kpi_executor.errors import CommandRefused, ExecutionFinished, ExecutionNotFound
from kpi_executor.worker.upkeep import EXECUTOR


def execute_handler(engine: sa.Engine, dispatch: Dispatcher) -> BlockingHandler:
    """Return the handler of `kpi.cmd.execute`.

    A command that cannot be accepted becomes an execution that was rejected; one that cannot be
    read raises InvalidCommand and is parked.
    """

    def execute(body: bytes, headers: Mapping[str, str]) -> Message | None:
        command = load_command(ExecuteKpi, body)
        context = _context(command.requested_by, headers)
        try:
            replica.wait_for_version(engine, command.kpi_id, command.kpi_version or 1)
            execution_id = dispatch(_run(command), context)
        except CommandRefused as refusal:
            execution_id = dispatch(_rejection(command, str(refusal)), context)
            return _reply(command, execution_id, "rejected", str(refusal))
        return _reply(command, execution_id, "accepted")

    return execute


def execute_together(dispatch: Dispatcher) -> Together:
    """Return the handler of several `kpi.cmd.execute` that can all be accepted at once.

    It raises CommandRefused or InvalidCommand, and has no effect, if there is one that cannot.
    """

    def execute(deliveries: Sequence[Delivery]) -> Sequence[Message | None]:
        commands = [load_command(ExecuteKpi, body) for body, _ in deliveries]
        runs = [
            (_run(command), _context(command.requested_by, headers))
            for command, (_, headers) in zip(commands, deliveries, strict=True)
        ]
        execution_ids = dispatch(RunKpis(runs), Context.by(EXECUTOR))
        return [
            _reply(command, execution_id, "accepted")
            for command, execution_id in zip(commands, execution_ids, strict=True)
        ]

    return execute


def cancel_handler(dispatch: Dispatcher) -> BlockingHandler:
    """Return the handler of `kpi.cmd.cancel`; what has ended already is left as it is."""

    def cancel(body: bytes, headers: Mapping[str, str]) -> Message | None:
        message = load_command(CancelMessage, body)
        command = CancelExecution(execution_id=message.execution_id, reason=message.reason)
        try:
            dispatch(command, _context(message.requested_by, headers))
        except (ExecutionFinished, ExecutionNotFound):
            return None
        return None

    return cancel


def _context(requested_by: str, headers: Mapping[str, str]) -> Context:
    return Context(actor=Actor(requested_by, "system"), traceparent=headers.get("traceparent"))


def _run(command: ExecuteKpi) -> RunKpi:
    return RunKpi(
        kpi_id=command.kpi_id,
        kpi_version=command.kpi_version,
        parameters=command.params,
        origin="bus",
        command_id=command.command_id,
    )


def _rejection(command: ExecuteKpi, reason: str) -> RejectCommand:
    return RejectCommand(kpi_id=command.kpi_id, reason=reason, command_id=command.command_id)


def _reply(
    command: ExecuteKpi, execution_id: int, status: str, reason: str | None = None
) -> Message | None:
    if command.reply is None:
        return None
    answer = {
        "command_id": str(command.command_id),
        "execution_id": execution_id,
        "status": status,
        "reason": reason,
    }
    return Message(command.reply, {"Content-Type": "application/json"}, json.dumps(answer).encode())
