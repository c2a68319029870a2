"""Domain errors of the executor.

ExecutorError
├── ExecutionNotFound
├── ExecutionFinished     too late to start, cancel or end it
├── StaleAttempt          a newer attempt holds the execution
├── NotQueued             only a queued execution can be started
├── CommandRefused        a command names something that does not exist or does not fit
│   ├── UnknownKpi
│   ├── UnknownGraph
│   ├── VersionNotReached
│   └── OutOfBounds       a run's parameters from the bus
├── SourceNotFound
├── GraphNotFound
├── StaleVersion          the caller saw an older version
└── NameTaken
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ExecutorError(Exception):
    """A command that the present state does not allow."""


class ExecutionNotFound(ExecutorError):
    """No execution has this id."""

    def __init__(self, execution_id: int | str) -> None:
        self.execution_id = execution_id
        super().__init__(f"execution {execution_id} does not exist")


class ExecutionFinished(ExecutorError):
    """The execution has ended already."""

    def __init__(self, execution_id: str, status: str) -> None:
        self.execution_id = execution_id
        self.status = status
        super().__init__(f"execution {execution_id} has ended already: {status}")


class StaleAttempt(ExecutorError):
    """Another attempt holds the execution by now; what this one did does not count."""

    def __init__(self, execution_id: str, attempt: int, current: int) -> None:
        self.execution_id = execution_id
        self.attempt = attempt
        self.current = current
        super().__init__(f"execution {execution_id} is at attempt {current}, not {attempt}")


class NotQueued(ExecutorError):
    """A worker tried to take an execution that does not wait for one."""

    def __init__(self, execution_id: str, status: str) -> None:
        self.execution_id = execution_id
        self.status = status
        super().__init__(f"execution {execution_id} is {status}, not queued")


class CommandRefused(ExecutorError):
    """A command that cannot be accepted; `field` names the part of it that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class UnknownKpi(CommandRefused):
    """The KPI does not exist, is deleted or inactive."""

    def __init__(self, kpi_id: int, why: str) -> None:
        self.kpi_id = kpi_id
        super().__init__("kpi_id", f"KPI {kpi_id} {why}")


class UnknownGraph(CommandRefused):
    """There is no knowledge graph of this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.name = name
        hint = (
            f"known are {', '.join(known)}" if known else "register a source first: POST /sources"
        )
        super().__init__("kg_name", f"there is no knowledge graph {name!r}; {hint}")


class VersionNotReached(CommandRefused):
    """The replica does not hold the wanted version of the KPI yet."""

    def __init__(self, kpi_id: int, version: int, held: int) -> None:
        self.kpi_id = kpi_id
        self.version = version
        self.held = held
        super().__init__(
            "kpi_version",
            f"version {version} of KPI {kpi_id} has not arrived here yet (version {held} has); "
            "try again in a moment"
            if held
            else f"no KPI {kpi_id} is known here; check the id, unless it was created just now",
        )


class OutOfBounds(CommandRefused):
    """Parameters that the REST API would not take either; `wrong` has messages by name."""

    def __init__(self, wrong: Mapping[str, Any]) -> None:
        self.wrong = wrong
        told = (f"{name}: {_first_of(messages)}" for name, messages in sorted(wrong.items()))
        super().__init__("params", f"not acceptable: {'; '.join(told)}")


class SourceNotFound(ExecutorError):
    """No source has this id."""

    def __init__(self, source_id: int | str) -> None:
        self.source_id = source_id
        super().__init__(f"source {source_id} does not exist")


class GraphNotFound(ExecutorError):
    """No knowledge graph has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"knowledge graph {name!r} does not exist")


class NameTaken(ExecutorError):
    """Another source or graph has this name."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        super().__init__(f"a {kind} named {name!r} exists already; choose another name")


class StaleVersion(ExecutorError):
    """The caller saw an older version than the newest."""

    def __init__(self, kind: str, aggregate_id: str, version: int) -> None:
        self.version = version
        super().__init__(f"{kind} {aggregate_id} is at version {version} by now; read it again")


def _first_of(messages: Any) -> str:
    """Tell what is wrong with a value, of a list's items the first: their number has no bounds."""
    if isinstance(messages, list):
        return " ".join(messages)
    position, of_it = next(iter(messages.items()))
    return f"{position}: {_first_of(of_it)}"
