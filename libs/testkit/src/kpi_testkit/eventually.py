"""Bounded polling: the only way tests wait for something that happens elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
INTERVAL = 0.02


def eventually(
    predicate: Callable[[], T],
    timeout: float = 10,
    message: str = "",
    *,
    interval: float = INTERVAL,
) -> T:
    """Return the first truthy value of `predicate`, asked every `interval` seconds.

    An AssertionError in the predicate counts as "not yet", so it may hold assertions. Raises
    AssertionError with `message` and the last answer once `timeout` seconds have passed.
    """
    deadline = time.monotonic() + timeout
    while True:
        answer, reason = _ask(predicate)
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(_failure(message, timeout, reason))
        time.sleep(interval)


async def eventually_async(
    predicate: Callable[[], Awaitable[T]],
    timeout: float = 10,
    message: str = "",
    *,
    interval: float = INTERVAL,
) -> T:
    """As `eventually`, for a predicate that must be awaited."""
    deadline = time.monotonic() + timeout
    while True:
        reason: str
        try:
            answer = await predicate()
            if answer:
                return answer
            reason = f"last answer: {answer!r}"
        except AssertionError as error:
            reason = f"last answer: {error}"
        if time.monotonic() > deadline:
            raise AssertionError(_failure(message, timeout, reason))
        await asyncio.sleep(interval)


def _ask(predicate: Callable[[], T]) -> tuple[T | None, str]:
    try:
        answer = predicate()
    except AssertionError as error:
        return None, f"last answer: {error}"
    return answer, f"last answer: {answer!r}"


def _failure(message: str, timeout: float, reason: str) -> str:
    return f"not within {timeout:g} s: {message or 'the predicate held'} ({reason})"
