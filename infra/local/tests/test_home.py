from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kpi_local.errors import HomeInUse
from kpi_local.home import Home

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


def test_a_directory_that_was_never_a_home_is_not_in_use(tmp_path: Path) -> None:
    assert Home(tmp_path / "nothing").holder() is None


def test_the_tail_of_a_missing_log_says_so(home: Home) -> None:
    assert "nothing in" in home.log_tail("audit-api")
