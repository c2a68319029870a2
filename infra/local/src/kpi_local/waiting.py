"""Bounded waiting with a message that says what was missing."""

from __future__ import annotations

import time
from collections.abc import Callable

from kpi_local.errors import NotReady

INTERVAL = 0.05


def wait_until(
    ready: Callable[[], bool], timeout: float, what: str, detail: str | Callable[[], str]
) -> None:
    """Ask `ready` until it is true. Raises NotReady with `what` and `detail` after `timeout` s."""
    deadline = time.monotonic() + timeout
    while not ready():
        if time.monotonic() > deadline:
            shown = detail() if callable(detail) else detail
            raise NotReady(f"Not within {timeout:g} s: {what}.\n{shown}".rstrip())
        time.sleep(INTERVAL)
