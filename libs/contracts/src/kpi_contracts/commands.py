"""Commands that other systems publish on the bus."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import ValidationError

from kpi_contracts.errors import InvalidCommand
from kpi_contracts.execution import ExecutionParameters
from kpi_contracts.schemas import schema_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteKpi:
    """Run a KPI. The same `command_id` twice is one execution.

    `reply` names a subject that gets one message with the execution's id.
    """

    command_id: UUID
    kpi_id: int
    requested_by: str
    params: ExecutionParameters
    kpi_version: int | None = None
    reply: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelExecution:
    """Stop an execution."""

    execution_id: int
    requested_by: str
    reason: str | None = None


C = TypeVar("C", ExecuteKpi, CancelExecution)


def dump_command(command: ExecuteKpi | CancelExecution) -> bytes:
    """Return the JSON body of a command."""
    return json.dumps(schema_of(type(command)).dump(command)).encode()


def load_command(kind: type[C], content: Any) -> C:
    """Return the command that a body's JSON holds; raises InvalidCommand naming the fields."""
    try:
        command: C = schema_of(kind).load(content)
    except ValidationError as error:
        raise InvalidCommand(kind.__name__, error.messages) from error
    return command
