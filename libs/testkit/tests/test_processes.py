from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from kpi_testkit import Process, Processes, crash_at, crashed, eventually

PAUSE = "import signal; print('ready', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PAUSE}"
GRANDCHILD = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
    "print(child.pid, flush=True)\n"
    "child.wait()\n"
)
CRASHING = (
    "from kpi_eventsourcing.crash_points import crash_point\n"
    "crash_point('relay.after_publish'); print('survived', flush=True)"
)


def wait_for_output(process: Process) -> str:
    return eventually(process.log_tail, message="the child printed something").strip()


def is_gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_child_writes_its_log(processes: Processes) -> None:
    child = processes.start(sys.executable, "-c", "print('hello')")
    assert child.wait() == 0
    assert child.log_tail() == "hello\n"


def test_a_child_that_ignores_sigterm_is_killed(processes: Processes) -> None:
    child = processes.start(sys.executable, "-c", STUBBORN)
    wait_for_output(child)
    assert child.terminate(timeout=0.2) == -signal.SIGKILL


def test_closing_ends_the_children_of_a_child(processes: Processes) -> None:
    child = processes.start(sys.executable, "-c", GRANDCHILD)
    grandchild = int(wait_for_output(child))
    child.close()
    eventually(lambda: is_gone(grandchild), message="the grandchild has ended")


def test_a_child_can_be_started_again_after_a_kill(processes: Processes) -> None:
    child = processes.start(sys.executable, "-c", PAUSE)
    first = child.pid
    child.kill()
    assert child.returncode == -signal.SIGKILL
    assert child.start().pid != first
    assert child.is_running


def test_waiting_for_a_child_that_ends_shows_its_log(processes: Processes) -> None:
    child = processes.start(sys.executable, "-c", "raise SystemExit('no such table')")
    with pytest.raises(RuntimeError, match="no such table"):
        child.wait_until(lambda: False)


def test_children_end_when_the_test_process_is_killed(processes: Processes, tmp_path: Path) -> None:
    script = (
        "from pathlib import Path; from kpi_testkit import Process; import signal, sys\n"
        "child = Process([sys.executable, '-c', 'import signal; signal.pause()'],"
        f" log=Path({str(tmp_path / 'inner.log')!r}))\n"
        "print(child.start().pid, flush=True); signal.pause()"
    )
    outer = processes.start(sys.executable, "-c", script)
    inner = int(wait_for_output(outer))
    os.kill(outer.pid, signal.SIGKILL)
    eventually(lambda: is_gone(inner), message="the inner child has ended")


def test_an_armed_crash_point_kills_the_child(processes: Processes) -> None:
    child = processes.start(sys.executable, "-c", CRASHING, env=crash_at("relay.after_publish"))
    assert crashed(child)
    assert child.log_tail() == ""


def test_another_crash_point_does_nothing(processes: Processes) -> None:
    child = processes.start(sys.executable, "-c", CRASHING, env=crash_at("relay.before_mark"))
    assert not crashed(child)
    assert child.log_tail() == "survived\n"
