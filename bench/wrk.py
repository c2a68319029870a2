"""Load from `wrk`, written in C: one thread of it outruns every server measured here."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import programs

SCRIPT = Path(__file__).with_name("wrk_summary.lua")
GRACE_SECONDS = 20


class RequestsFailed(Exception):
    """Some answers were errors: the numbers would be those of failing."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of `wrk` saw; times in ms."""

    per_second: float
    p50: float
    p99: float


def load(url: str, *, headers: Mapping[str, str], connections: int, seconds: int) -> Load:
    """GET `url` over and over on some connections at a time.

    Raises:
        ProgramMissing: there is no wrk.
        RequestsFailed: not every answer was a success.

    """
    command = [programs.require("wrk", "wrk"), "--threads=1", f"--connections={connections}"]
    command += [f"--duration={seconds}s", f"--script={SCRIPT}"]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    done = subprocess.run(
        [*command, url],
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds + GRACE_SECONDS,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    if found["failed"]:
        raise RequestsFailed(f"{found['failed']} of {found['requests']} requests to {url} failed")
    return Load(
        per_second=1e6 * found["requests"] / found["microseconds"],
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
    )
