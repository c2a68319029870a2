"""Waiting, ending and pausing."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_bus.stopping import Backoff, Crew, pause, pause_after, unless_stopped


def test_work_is_cancelled_when_the_process_is_asked_to_stop() -> None:
    async def scenario() -> None:
        stop = asyncio.Event()
        work = asyncio.create_task(unless_stopped(stop, asyncio.sleep(60, "done")))
        await asyncio.sleep(0)
        stop.set()
        assert await work is None
        await pause(stop, 60)

    asyncio.run(asyncio.wait_for(scenario(), 5))


def test_work_that_is_done_gives_its_result() -> None:
    async def scenario() -> str | None:
        return await unless_stopped(asyncio.Event(), asyncio.sleep(0, "done"))

    assert asyncio.run(scenario()) == "done"


def test_a_companion_that_swallows_a_cancellation_is_ended_all_the_same() -> None:
    swallowed: list[bool] = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(True)

    async def scenario() -> None:
        async with Crew() as crew:
            crew.start(stubborn())
            await crew.accompany(asyncio.sleep(0.01))

    asyncio.run(asyncio.wait_for(scenario(), 5))
    assert swallowed == [True]


def test_the_first_error_of_a_companion_ends_the_work() -> None:
    async def failing() -> None:
        raise LookupError("gone")

    async def scenario() -> None:
        async with Crew() as crew:
            crew.start(failing())
            await crew.accompany(asyncio.sleep(60))

    with pytest.raises(LookupError, match="gone"):
        asyncio.run(asyncio.wait_for(scenario(), 5))


@given(st.integers(1, 10_000))
def test_pauses_grow_to_a_limit_and_never_vanish(attempts: int) -> None:
    seconds = pause_after(attempts, base=0.1, longest=5.0)
    ideal = min(0.1 * 2 ** min(attempts - 1, 30), 5.0)
    assert ideal / 2 <= seconds <= ideal


def test_a_backoff_begins_anew_after_a_success() -> None:
    backoff = Backoff(base=1.0, longest=100.0)
    for _ in range(5):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 1.0
