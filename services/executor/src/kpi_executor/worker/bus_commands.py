"""Commands of other systems: the same code as the REST API's, reached by the bus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa

from kpi_bus.commands import BlockingHandler, Delivery, Together
from kpi_contracts.commands import CancelExecution as CancelMessage
from kpi_contracts.commands import ExecuteKpi, load_command
from kpi_contracts.envelope import MAX_SUBJECT, Actor, is_subject
from kpi_contracts.errors import InvalidCommand
from kpi_contracts.execution import ExecutionParameters
from kpi_contracts.messages import Message
from kpi_contracts.schemas import schema_of
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import replica
from kpi_executor.api.run_schemas import CancelRequest, Parameters
from kpi_executor.commands import CancelExecution, RejectCommand, RunKpi, RunKpis
from kpi_executor.errors import (
    CommandRefused,
    ExecutionFinished,
    ExecutionNotFound,
    OutOfBounds,
)
from kpi_executor.worker.upkeep import EXECUTOR
from kpi_service.json import InvalidJson, parse

C = TypeVar("C", ExecuteKpi, CancelMessage)

_BOUNDS, _CANCEL = Parameters(), CancelRequest()


def execute_handler(engine: sa.Engine, dispatch: Dispatcher) -> BlockingHandler:
    """Return the handler of `kpi.cmd.execute`.

    A command that cannot be accepted becomes an execution that was rejected; one that cannot be
    read, or does not tell who sends it, raises InvalidCommand and is parked.
    """

    def execute(body: bytes, headers: Mapping[str, str]) -> Message | None:
        command = _loaded(ExecuteKpi, body)
        context = _context(command, headers)
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
        commands = [_loaded(ExecuteKpi, body) for body, _ in deliveries]
        runs = [
            (_run(command), _context(command, headers))
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
        message = _loaded(CancelMessage, body)
        if wrong := _CANCEL.validate({"reason": message.reason}):
            raise InvalidCommand(CancelMessage.__name__, wrong)
        command = CancelExecution(execution_id=message.execution_id, reason=message.reason)
        try:
            dispatch(command, _context(message, headers))
        except (ExecutionFinished, ExecutionNotFound):
            return None
        return None

    return cancel


def _loaded(kind: type[C], body: bytes) -> C:
    """Refuse what the REST API would not read either, such as NUL, which no table can hold."""
    try:
        content = parse(body)
    except InvalidJson as error:
        raise InvalidCommand(kind.__name__, str(error)) from None
    return load_command(kind, content)


def _context(command: ExecuteKpi | CancelMessage, headers: Mapping[str, str]) -> Context:
    """Take the sender's name as the actor of what follows; it is held to what tokens may hold."""
    name = command.requested_by
    if not is_subject(name):
        reason = f"Must be 1 to {MAX_SUBJECT} printable characters."
        raise InvalidCommand(type(command).__name__, {"requested_by": [reason]})
    return Context(actor=Actor(name, "system"), traceparent=headers.get("traceparent"))


def _run(command: ExecuteKpi) -> RunKpi:
    """Raise OutOfBounds for parameters that the REST API refuses."""
    if wrong := _BOUNDS.validate(schema_of(ExecutionParameters).dump(command.params)):
        raise OutOfBounds(wrong)
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
