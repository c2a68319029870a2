"""Named places where a test may kill the process.

`crash_point("relay.after_publish")` does nothing unless `KPI_CRASH_AT` names it. Idea: DBOS,
`_debug_trigger.py`.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "KPI_CRASH_AT"


def crash_point(name: str) -> None:
    """Kill this process with SIGKILL if the test harness armed `name`."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
