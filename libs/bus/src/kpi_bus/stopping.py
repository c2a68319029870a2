"""Waiting that ends early when the process is asked to stop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Iterable
from typing import Any, Self, TypeVar

T = TypeVar("T")
_CANCEL_AGAIN = 0.5


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they are done.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which every request of nats-py goes
    through, swallows a cancellation that meets the answer.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_CANCEL_AGAIN)


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what `work` returns, or None (the work cancelled) once `stop` is set."""
    task, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        await end((task, stopped))


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait for some seconds, less if `stop` is set."""
    await unless_stopped(stop, asyncio.sleep(seconds))


class Crew:
    """Tasks that accompany one piece of work and end with it.

    Unlike `asyncio.TaskGroup` it outlasts swallowed cancellations and raises the first error as
    it is.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._error: BaseException | None = None
        self._failed = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await end(tuple(self._tasks))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a companion; its error ends the work in `accompany`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def accompany(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Return what `work` returns; raises its error or the first one of a companion."""
        result = await unless_stopped(self._failed, work)
        if self._error is not None:
            raise self._error
        return result

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._error = self._error or task.exception()
            self._failed.set()


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
