from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kpi_local.errors import ServerFailed
from kpi_local.home import Home
from kpi_local.nats import STOP_SIGNAL as STOP_NATS
from kpi_local.nats import Nats
from kpi_local.ports import free_port
from kpi_local.postgres import STOP_SIGNAL as STOP_POSTGRES
from kpi_local.postgres import Postgres
from kpi_local.supervision import Program, Stage, Supervisor
from kpi_testkit import Processes, eventually

SERVE = [sys.executable, "-c", "import signal; signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()",
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "100% of it" / ("long" * 20))
    home.create()
    return home


@pytest.fixture
def supervised(home: Home) -> Iterator[Supervisor]:
    programs = [
        Program("steady", SERVE, Stage.SERVICES, environment={"WORD": "50 %"}),
        Program("stubborn", STUBBORN, Stage.SERVICES, stop_seconds=1),
        Program("absent", ["/nonexistent/program"], Stage.SERVICES),
    ]
    supervisor = Supervisor(home, programs)
    with home.locked() as lock:
        try:
            supervisor.start(lock)
            yield supervisor
        finally:
            supervisor.stop()


def running_pid(supervisor: Supervisor, name: str) -> int:
    return eventually(lambda: supervisor.pid(name), message=f"{name} runs")


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text()


def test_a_killed_program_is_started_again(supervised: Supervisor) -> None:
    supervised.launch("steady")
    first = running_pid(supervised, "steady")
    os.kill(first, signal.SIGKILL)
    eventually(lambda: supervised.pid("steady") not in (0, first), message="a new process")


def test_a_program_gets_its_environment(supervised: Supervisor) -> None:
    supervised.launch("steady")
    pid = running_pid(supervised, "steady")
    environment = Path(f"/proc/{pid}/environ")  # supervisord's own until the program's exec
    eventually(lambda: b"WORD=50 %\0" in environment.read_bytes(), message="WORD is set")


def test_a_program_that_does_not_exist_is_an_error_that_names_it(supervised: Supervisor) -> None:
    with pytest.raises(ServerFailed, match="absent"):
        supervised.launch("absent")


def test_stopping_ends_even_a_program_that_ignores_it(supervised: Supervisor) -> None:
    supervised.launch("steady", "stubborn")
    pids = [running_pid(supervised, name) for name in ("steady", "stubborn")]
    supervised.stop()
    assert not [pid for pid in pids if exists(pid)]


def test_the_servers_start_stop_and_keep_their_data(home: Home) -> None:
    postgres = Postgres(home.path / "postgres", free_port())
    nats = Nats(home.path / "nats", free_port(), free_port())
    for start in range(2):
        postgres.prepare()
        nats.prepare()
        programs = [
            Program("postgres", postgres.command(), Stage.STORAGE, STOP_POSTGRES),
            Program("nats", nats.command(), Stage.STORAGE, STOP_NATS),
        ]
        supervisor = Supervisor(home, programs)
        with home.locked() as lock:
            try:
                supervisor.start(lock)
                supervisor.launch("postgres", "nats")
                eventually(postgres.is_ready, 20, "Postgres is ready")
                eventually(nats.is_ready, 20, "NATS is ready")
                postgres.create_databases(["audit"])
                with psycopg.connect(postgres.url("audit")) as connection:
                    connection.execute("CREATE TABLE IF NOT EXISTS start (n int)")
                    connection.execute("INSERT INTO start VALUES (%s)", [start])
            finally:
                supervisor.stop()
    assert "database system is shut down" in home.log_tail("postgres", lines=100)
    assert "was not properly shut down" not in home.log_tail("postgres", lines=100)


def test_the_programs_end_when_the_starter_is_killed(home: Home, processes: Processes) -> None:
    starter = processes.start(
        sys.executable, str(Path(__file__).with_name("starter.py")), str(home.path)
    )
    log = starter.log
    pid = int(eventually(lambda: log.read_text().strip(), 20, "the program runs"))
    starter.kill()
    eventually(lambda: not exists(pid), 15, "the program has ended")
    eventually(lambda: home.holder() is None, 15, "the home is free again")
