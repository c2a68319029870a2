"""Many writers on one KPI through the gateway: no version is skipped and no change is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.chaos.evidence import envelopes
from tests.chaos.house import KPIS, House, Json
from tests.chaos.invariants import soon, the_same_events_are_everywhere

WRITERS = 12
ROUNDS = 8


def put(house: House, kpi: Json, text: str, seen: int | None = None) -> httpx.Response:
    """Change the description; `seen` is the version that the writer has seen."""
    condition = {} if seen is None else {"If-Match": f'"{seen}"'}
    return house.http.put(f"{KPIS}/{kpi['id']}", json={"description": text}, headers=condition)


def versions_of(house: House, kpi: Json) -> list[Json]:
    """Return the versions, oldest first."""
    path = f"{KPIS}/{kpi['id']}/versions"
    versions: list[Json] = house.ask("GET", path, params={"limit": 1000})["versions"]
    return sorted(versions, key=lambda version: int(version["version"]))


def texts(versions: list[Json]) -> list[Any]:
    return [change["new"] for version in versions for change in version["changes"]]


def at_once(write: Callable[[str], httpx.Response]) -> dict[str, int]:
    """Let all writers write at once, again and again; return the status of each text."""
    written = [f"text {number}" for number in range(WRITERS * ROUNDS)]
    with ThreadPoolExecutor(WRITERS) as writers:
        answers = list(writers.map(write, written))
    return {text: answer.status_code for text, answer in zip(written, answers, strict=True)}


def assert_gapless_and_chained(house: House, kpi: Json, accepted: set[str]) -> None:
    """Check the versions against what was accepted, and each change against the one before."""
    versions = versions_of(house, kpi)
    assert [version["version"] for version in versions] == list(range(1, len(versions) + 1))
    assert Counter(texts(versions)) == Counter(accepted)
    before = None
    for version in versions[1:]:
        [change] = version["changes"]
        assert change["old"] == before
        before = change["new"]
    events = [
        envelope.version
        for envelope in envelopes(house.engines["definitions"])
        if envelope.aggregate_id == str(kpi["id"])
    ]
    assert events == [version["version"] for version in versions]


def test_writers_that_do_not_look_all_get_their_turn_or_are_told(house: House) -> None:
    kpi = house.define()
    statuses = at_once(lambda text: put(house, kpi, text))
    assert set(statuses.values()) <= {200, 409}
    accepted = {text for text, status in statuses.items() if status == 200}
    assert accepted
    assert_gapless_and_chained(house, kpi, accepted)


def test_of_writers_that_saw_the_same_version_one_wins(house: House) -> None:
    kpi = house.define()

    def write(text: str) -> httpx.Response:
        seen = house.ask("GET", f"{KPIS}/{kpi['id']}")["kpi"]["version"]
        return put(house, kpi, text, seen)

    statuses = at_once(write)
    assert set(statuses.values()) == {200, 412}
    accepted = {text for text, status in statuses.items() if status == 200}
    assert_gapless_and_chained(house, kpi, accepted)


def test_one_version_seen_by_all_is_left_by_one(house: House) -> None:
    kpi = house.define()
    statuses = at_once(lambda text: put(house, kpi, text, kpi["version"]))
    assert Counter(statuses.values()) == {200: 1, 412: len(statuses) - 1}
    accepted = {text for text, status in statuses.items() if status == 200}
    assert_gapless_and_chained(house, kpi, accepted)
    soon(lambda: the_same_events_are_everywhere(house))
