"""Waiting that ends early when the process is asked to stop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what `work` returns, or None (the work cancelled) once `stop` is set."""
    task = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        stopped.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait for some seconds, less if `stop` is set."""
    await unless_stopped(stop, asyncio.sleep(seconds))


class Backoff:
    """Growing pauses with jitter: half to the whole of `base` · 2^n seconds, at most `longest`."""

    def __init__(self, base: float = 0.1, longest: float = 5.0) -> None:
        self._base = base
        self._longest = longest
        self.attempts = 0

    def next(self) -> float:
        """Return the next pause in seconds."""
        self.attempts += 1
        return pause_after(self.attempts, base=self._base, longest=self._longest)

    def reset(self) -> None:
        """Begin anew after a success."""
        self.attempts = 0


def pause_after(attempts: int, *, base: float, longest: float) -> float:
    """Return the pause in seconds after so many failed attempts (at least one)."""
    pause = min(base * 2.0 ** min(attempts - 1, 30), longest)
    return pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
