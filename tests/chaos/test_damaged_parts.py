"""Parts of results that are missing, cut or changed: an error that names them, never wrong rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from kpi_results import index
from tests.chaos.depot import EMPTY_SHELVES
from tests.chaos.house import EXECUTIONS, House
from tests.chaos.invariants import soon
from tests.chaos.settings import ChaosSettings

READINGS = (
    "drilldown",
    "drilldown?sort_by=name&sort_order=desc",
    "drilldown?search=item",
    "export/csv",
    "export/json",
)
FLIPS = 8


def missing(path: Path, _: random.Random) -> None:
    path.unlink()


def cut(path: Path, dice: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: dice.randrange(len(content))])


def flipped(path: Path, dice: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    path.write_bytes(content)


def part_of(house: House, execution_id: int) -> str:
    """Return the key of the only part of a result, once the results service knows it."""
    query = sa.select(index.manifests.c.manifest).where(
        index.manifests.c.execution_id == execution_id
    )
    found: list[str] = []

    def known() -> None:
        with house.engines["results"].connect() as connection:
            manifest = connection.execute(query).scalar_one_or_none()
        assert manifest is not None
        found[:] = [part["key"] for part in manifest["parts"]]

    soon(known)
    [key] = found
    return key


@contextmanager
def restored(path: Path) -> Iterator[None]:
    """Put a file back as it was, after the block."""
    content = path.read_bytes()
    try:
        yield
    finally:
        path.write_bytes(content)


def read(house: House, execution_id: int, reading: str) -> httpx.Response:
    return house.http.get(f"{EXECUTIONS}/{execution_id}/{reading}")


@pytest.mark.parametrize("damage", [missing, cut, *[flipped] * FLIPS])
@pytest.mark.parametrize("seen", [False, True], ids=["before any reading", "after a good one"])
def test_a_damaged_part_is_named_by_every_reading(
    house: House,
    chaos: ChaosSettings,
    damage: Callable[[Path, random.Random], None],
    seen: bool,
    request: pytest.FixtureRequest,
) -> None:
    execution_id = int(house.execute(house.define())["id"])
    key = part_of(house, execution_id)
    if seen:
        assert read(house, execution_id, READINGS[0]).json()["data"] == EMPTY_SHELVES
    with restored(house.store / key):
        damage(house.store / key, chaos.dice(request.node.name))
        for reading in READINGS:
            answer = read(house, execution_id, reading)
            assert answer.status_code >= 500, f"{reading}: {answer.text}"
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert key in answer.json()["errors"], reading
