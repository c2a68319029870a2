"""(g) What the whole stack costs when nobody uses it, and how long it takes to start."""

from __future__ import annotations

import threading
from pathlib import Path

from bench import memory
from bench.stack import RunningStack, running_stack
from bench.table import Better, Line, Row, Samples

SETTLE_SECONDS = 5.0


def run(directory: Path) -> Row:
    """Start a stack on an empty home, and again on the same home."""
    with running_stack(directory) as stack:
        first = stack.seconds_to_start
    with running_stack(directory) as stack:
        second = stack.seconds_to_start
        threading.Event().wait(SETTLE_SECONDS)
        parts = _memory(stack)
    return Row(
        "The whole stack: four services, Postgres, NATS, gateway, supervision",
        [
            Line(
                measured="idle memory",
                unit="MB",
                ours=Samples.of([sum(parts.values())]),
                aim=1200.0,
                better=Better.LOWER,
            ),
            Line(
                measured="first start, empty home",
                unit="s",
                ours=Samples.of([first]),
                better=Better.LOWER,
            ),
            Line(
                measured="second start",
                unit="s",
                ours=Samples.of([second]),
                aim=15.0,
                better=Better.LOWER,
            ),
        ],
        [_note(parts)],
    )


def _note(parts: dict[str, float]) -> str:
    shares = ", ".join(
        f"{name} {amount:.0f}" for name, amount in sorted(parts.items(), key=lambda part: -part[1])
    )
    return (
        "Memory is the sum of the processes' proportional shares (PSS) after "
        f"{SETTLE_SECONDS:g} s of rest, in MB: {shares}."
    )


def _memory(stack: RunningStack) -> dict[str, float]:
    parts: dict[str, float] = {}
    for pid in memory.tree(stack.process.pid):
        part = _part(memory.command(pid))
        parts[part] = parts.get(part, 0.0) + memory.proportional(pid)
    return parts


def _part(command: list[str]) -> str:
    """Return whose process a command line is."""
    text = " ".join(command)
    for word, name in (
        ("kpi_local", "kpi_local"),
        ("supervisord", "supervisor"),
        ("postgres", "Postgres"),
        ("nats-server", "NATS"),
        ("traefik", "gateway"),
        ("forkserver", "query processes"),
        ("resource_tracker", "query processes"),
    ):
        if word in text:
            return name
    services = [word for word in command if word.startswith("kpi_")]
    return f"{services[0].removeprefix('kpi_')} {command[-2]}" if services else "other"
