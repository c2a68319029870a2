from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kpi_local.errors import HomeInUse
from kpi_local.home import Home

BEGIN = """
import os, sys, time
from pathlib import Path
from kpi_local.home import Home
with Home(Path(sys.argv[1])).locked() as lock:
    os.ftruncate(lock, 0)
    print(flush=True)
    time.sleep(1)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    time.sleep(20)
"""
STOP = """
import sys
from pathlib import Path
from kpi_local import up
from kpi_local.home import Home
sys.exit(not up.stop(Home(Path(sys.argv[1]))))
"""
HOLD = "import sys, time; sys.stdin.read()"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def test_only_the_owner_may_look_into_a_home(home: Home) -> None:
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_a_second_stack_on_the_same_home_is_refused_and_told_what_to_do(home: Home) -> None:
    with home.locked(), pytest.raises(HomeInUse, match="KPI_HOME") as refused, home.locked():
        pass
    assert refused.value.pid == os.getpid()


def test_the_lock_is_free_again_after_the_stack(home: Home) -> None:
    with home.locked():
        assert home.holder() == os.getpid()
    assert home.holder() is None


def test_a_child_that_inherits_the_lock_keeps_it(home: Home) -> None:
    with home.locked() as lock:
        child = subprocess.Popen(
            [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, pass_fds=[lock]
        )
    assert home.holder() is not None
    child.communicate()
    assert home.holder() is None


def test_a_stack_that_is_just_beginning_is_stopped_as_any_other(home: Home) -> None:
    """Its process id is not on the lock yet: 0, which as a receiver is the sender's own group."""
    begins = [sys.executable, "-c", BEGIN, str(home.path)]
    with subprocess.Popen(begins, stdout=subprocess.PIPE, start_new_session=True) as stack:
        assert stack.stdout is not None
        stack.stdout.readline()
        stops = [sys.executable, "-c", STOP, str(home.path)]
        assert subprocess.run(stops, check=False, start_new_session=True).returncode == 0
        assert stack.wait() == -signal.SIGTERM


def test_a_look_at_the_lock_is_in_nobodys_way(home: Home) -> None:
    looked = threading.Event()

    def look() -> None:
        while not looked.is_set():
            home.holder()

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(2000):
            with home.locked():
                pass
    finally:
        looked.set()
        watcher.join()


def test_a_directory_that_was_never_a_home_is_not_in_use(tmp_path: Path) -> None:
    assert Home(tmp_path / "nothing").holder() is None


def test_the_tail_of_a_missing_log_says_so(home: Home) -> None:
    assert "nothing in" in home.log_tail("audit-api")
