"""Programs of the system that a row needs, installed where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess

INSTALL_SECONDS = 120


class ProgramMissing(Exception):
    """A program is not there and could not be installed; the message says why."""


def require(program: str, package: str) -> str:
    """Return the path of a program; as root on Debian it is installed if it is missing.

    Raises:
        ProgramMissing: it is not there, with the reason that the table shows.

    """
    if path := shutil.which(program):
        return path
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise ProgramMissing(f"{program} is not installed (Debian: apt-get install {package})")
    try:
        subprocess.run(
            [apt, "install", "--yes", "--no-install-recommends", package],
            check=True,
            capture_output=True,
            timeout=INSTALL_SECONDS,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise ProgramMissing(f"apt-get cannot install {package}: {error}") from None
    if path := shutil.which(program):
        return path
    raise ProgramMissing(f"the package {package} brings no {program}")
