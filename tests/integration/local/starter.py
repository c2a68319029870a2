"""Starts a supervised program, prints its process id and waits to be killed."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from kpi_local.home import Home
from kpi_local.supervision import Program, Stage, Supervisor
from kpi_testkit import eventually

PAUSE = [sys.executable, "-c", "import signal; signal.pause()"]


def main() -> None:
    home = Home(Path(sys.argv[1]))
    supervisor = Supervisor(home, [Program("only", PAUSE, Stage.SERVICES)])
    with home.locked() as lock:
        supervisor.start(lock)
        supervisor.launch("only")
        print(eventually(lambda: supervisor.pid("only")), flush=True)  # noqa: T201
        signal.pause()


main()
