from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kpi_local import keys
from kpi_local.home import Home
from kpi_local.passwords import Passwords

ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from kpi_local import keys
from kpi_local.home import Home
from kpi_local.passwords import Passwords

home = Home(Path(sys.argv[1]))
home.create()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for prepare in (lambda: keys.prepare(home), lambda: Passwords(home.path / "users").of("ann")):
    try:
        prepare()
    except OSError:
        continue
    sys.exit("there was room")
"""


def test_a_start_on_a_full_disk_spoils_none_that_follows(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for room in ("0", "20"):
        argv = [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path), room]
        assert subprocess.run(argv, check=False).returncode == 0
    keys.prepare(home)
    keys.write_admin_token(home)
    assert len(Passwords(tmp_path / "users").of("ann")) > 20
    assert [path.name for path in home.keys.iterdir() if path.stat().st_mode & 0o077] == [
        "jwks.json"
    ]
