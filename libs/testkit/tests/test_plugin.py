from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LEAKS = """
import threading

def test_leaks():
    threading.Thread(target=threading.Event().wait).start()
"""
RUN = """
import sys
import pytest
from kpi_testkit import plugin

plugin.EXIT_TIMEOUT = 0.5
sys.exit(pytest.main(sys.argv[1:]))
"""


def test_a_thread_that_never_ends_ends_with_the_test_run_and_is_shown(tmp_path: Path) -> None:
    test = tmp_path / "test_leaks.py"
    test.write_text(LEAKS)
    argv = [sys.executable, "-c", RUN, "--rootdir", str(tmp_path), str(test)]
    run = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert "1 passed" in run.stdout
    assert "threading.py" in run.stderr
