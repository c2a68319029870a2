"""Cancellations that race the end of what they are to cancel."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from tests.chaos.evidence import stored
from tests.chaos.house import EXECUTIONS, House, Json
from tests.chaos.invariants import (
    TERMINAL,
    every_event_took_effect_once,
    every_execution_ended_once,
    soon,
    the_same_events_are_everywhere,
)
from tests.chaos.settings import ChaosSettings

CALLERS = 6
WARM_UP = 12
# Some tens of milliseconds of work, so that a cancellation can come in time.
MATCHES = """
    SELECT count(*) AS matches FROM stock AS a, stock AS b, stock AS c, stock AS d
    WHERE a.quantity = 0 AND b.quantity + c.quantity + d.quantity = 7
"""


@dataclass(frozen=True, slots=True)
class Race:
    """One race: what the caller was answered, and how the execution ended."""

    execution_id: int
    answer: int
    status: str


def seconds_to_the_end(house: House, kpi: Json) -> float:
    began = time.monotonic()
    house.ended(house.start(kpi))
    return time.monotonic() - began


def race(house: House, kpi: Json, offset: float) -> Race:
    """Cancel a run `offset` seconds after it was accepted."""
    execution_id = house.start(kpi)
    time.sleep(offset)  # nothing is waited for: the moment is what is tried
    answer = house.http.post(f"{EXECUTIONS}/{execution_id}/cancel", json={})
    return Race(execution_id, answer.status_code, house.ended(execution_id)["execution_status"])


def races(house: House, kpi: Json, offsets: Sequence[float]) -> list[Race]:
    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(lambda offset: race(house, kpi, offset), offsets))


def test_a_cancellation_at_any_moment_leaves_exactly_one_end(
    house: House, chaos: ChaosSettings
) -> None:
    kpi = house.define(MATCHES)
    with ThreadPoolExecutor(CALLERS) as callers:
        usual = median(callers.map(lambda _: seconds_to_the_end(house, kpi), range(WARM_UP)))
    dice = chaos.dice("cancellations")

    # Mostly early: the run itself is short, the usual time is mostly waiting for the answer.
    run = races(house, kpi, [2 * usual * dice.random() ** 3 for _ in range(chaos.races)])

    executor = house.engines["executor"]
    every_execution_ended_once(executor)
    ends = {
        int(event.aggregate_id): event.verb
        for event in stored(executor)
        if event.aggregate == "execution" and event.verb in TERMINAL
    }
    recorded = {"success": "succeeded", "cancelled": "cancelled"}
    assert [one for one in run if ends[one.execution_id] != recorded.get(one.status)] == []
    # Told that it was too late, the caller finds the result; told otherwise, either end.
    assert [one for one in run if one.answer not in {202, 409}] == []
    assert [one for one in run if one.answer == 409 and one.status != "success"] == []
    kinds = Counter(one.status for one in run)
    assert kinds.keys() == recorded.keys(), f"no race at all: {kinds}"
    soon(lambda: every_event_took_effect_once(house))
    soon(lambda: the_same_events_are_everywhere(house))
