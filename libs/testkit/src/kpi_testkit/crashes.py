"""Arming the crash points named in the code, and telling their work from other ends."""

from __future__ import annotations

import signal

from kpi_testkit.processes import Process

VARIABLE = "KPI_CRASH_AT"


def crash_at(name: str) -> dict[str, str]:
    """Environment for a child process that is to kill itself at `crash_point(name)`."""
    return {VARIABLE: name}


def crashed(process: Process, timeout: float = 30) -> bool:
    """Whether `process` ended by SIGKILL, as an armed crash point does, within `timeout` s."""
    return process.wait(timeout) == -signal.SIGKILL
