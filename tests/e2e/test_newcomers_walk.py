from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from kpi_local import demo, tour
from kpi_testkit.stacks import RunningStack


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


@pytest.fixture
def guide(embedded_stack: RunningStack, console: Console) -> Iterator[tour.Guide]:
    with tour.guide(embedded_stack.stack, console) as guide:
        yield guide


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_walk_finds_what_was_planted_and_shows_who_did_what(
    guide: tour.Guide, console: Console, embedded_stack: RunningStack
) -> None:
    folder = embedded_stack.stack.home.demo
    demo.generate(folder)
    guide.show_demo(folder)  # raises where a count is not what was planted
    shown = printed(console)
    for part in ("1,284", "620", "6180", "EXECUTE", "CREATE", "Audit chain: valid", "/drilldown"):
        assert part in shown
    assert str(embedded_stack.stack.home.token) in shown
    assert embedded_stack.stack.home.token.read_text().strip() not in shown


def test_the_walk_can_be_repeated_on_what_is_there(
    guide: tour.Guide, console: Console, embedded_stack: RunningStack
) -> None:
    demo.generate(embedded_stack.stack.home.demo)
    guide.show_demo(embedded_stack.stack.home.demo)
    guide.show_demo(embedded_stack.stack.home.demo)
    assert printed(console).count("Audit chain: valid") == 2


def test_own_data_are_registered_and_lead_to_kpis_to_try(
    guide: tour.Guide, console: Console, tmp_path: Path
) -> None:
    file = tmp_path / "my shop.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, sku TEXT)")
    guide.show_source(str(file))
    assert "Count all records in orders" in printed(console)
    assert "--kg my_shop" in printed(console)
