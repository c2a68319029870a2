"""Running a server that refuses to run as root, when we are root.

Postgres declines to serve as uid 0, yet its binaries and data may lie below a directory that only
root may enter (a clone under /root). Instead of opening such directories to everybody, the server
runs as `nobody` with one ambient capability, CAP_DAC_OVERRIDE, so it may traverse them. Where the
kernel or sandbox has no ambient capabilities, the search bit is added to the closed directories.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from kpi_local.errors import ProgramMissing

UNPRIVILEGED_USER = "nobody"
# Without `no_setuid_fixup`, access(2), by which Postgres finds its programs, ignores capabilities.
OVERRIDE = (
    "--securebits=+no_setuid_fixup",
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=+dac_override",
)


def is_root() -> bool:
    """Whether this process runs as uid 0."""
    return os.geteuid() == 0


def command(argv: Iterable[str], reachable: Iterable[Path] = ()) -> list[str]:
    """`argv`, preceded by what makes it run as an ordinary user when we are root.

    `reachable` names the paths the program must be able to get at. Raises ProgramMissing where
    root has no `setpriv` (util-linux).
    """
    if not is_root():
        return list(argv)
    options = _drop_to_user()
    if _ambient_capabilities_work():
        options += OVERRIDE
    else:
        for path in reachable:
            _let_others_traverse(path)
    return [*options, *argv]


def own(path: Path) -> None:
    """Give `path` (not what lies in it) to the user that `command` runs programs as."""
    if is_root():
        entry = pwd.getpwnam(UNPRIVILEGED_USER)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _drop_to_user() -> list[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ProgramMissing(
            "As root, `setpriv` (package util-linux) is needed to start Postgres as another user; "
            "install it or run as an ordinary user."
        )
    entry = pwd.getpwnam(UNPRIVILEGED_USER)
    return [setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


@lru_cache(maxsize=1)
def _ambient_capabilities_work() -> bool:
    probe = [*_drop_to_user(), *OVERRIDE, "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _let_others_traverse(path: Path) -> None:
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
