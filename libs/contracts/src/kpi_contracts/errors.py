"""Errors of the contracts.

ContractError
├── InvalidMessage      a message that is not a CloudEvent of ours
├── InvalidEvent        known type, but its data do not fit the schema
├── InvalidCommand      a command whose body does not fit the schema
└── UnknownEvent        a type or version that this build does not know
"""

from __future__ import annotations

from typing import Any


class ContractError(Exception):
    """Something on the wire or in the store does not fit the contracts."""


class InvalidMessage(ContractError):
    """A message lacks a CloudEvents header or its body is not JSON."""


class UnknownEvent(ContractError):
    """An event type or version that this build does not know."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name
        super().__init__(f"unknown event type {type_name!r}; is a newer service publishing?")


class InvalidEvent(ContractError):
    """The data of a known event do not fit its schema."""

    def __init__(self, type_name: str, errors: Any) -> None:
        self.type_name = type_name
        self.errors = errors
        super().__init__(f"data of {type_name} do not fit the schema: {errors}")


class InvalidCommand(ContractError):
    """The body of a command does not fit its schema."""

    def __init__(self, command: str, errors: Any) -> None:
        self.command = command
        self.errors = errors
        super().__init__(f"{command} command refused: {errors}")
