"""Heavy readings have processes of their own, and answer as if they had none."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from kpi_results.comparison.changes import read_changes
from kpi_results.comparison.compare import compare
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.engine import EngineFailure
from kpi_results.rows.errors import PartDamaged
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult
from kpi_results.rows.spare import Process, SpareProcess
from kpi_results.rows.spill import SpillFolder, sweep
from kpi_testkit.eventually import eventually

Keep = Callable[..., StoredResult]


@pytest.fixture
def aside(drilldown: Drilldown, tmp_path: Path) -> Iterator[Drilldown]:
    """A reader of the same store that does every heavy reading in another process."""
    place = drilldown.place()
    reader = Drilldown(
        replace(place, cache=tmp_path / "cache", limits=replace(place.limits, aside_rows=0))
    )
    yield reader
    reader.close()


def shuffled(count: int, seed: int = 1) -> list[int]:
    return random.Random(seed).sample(range(count), count)


def column(reader: Drilldown, result: StoredResult, page: int, **wishes: object) -> list[object]:
    query = parse_query(result.columns, **wishes)  # type: ignore[arg-type]
    return [row["n"] for row in reader.page(result, query, page=page).records()]


def test_pages_of_a_sorted_view_are_the_same(
    drilldown: Drilldown, aside: Drilldown, keep: Keep
) -> None:
    result = keep(pa.table({"n": shuffled(5_000)}), group_rows=100, part_rows=1_000)
    for page in (1, 60, 100):
        assert column(aside, aside.result(result.manifest), page, sort=[("n", True)]) == column(
            drilldown, result, page, sort=[("n", True)]
        )


def test_a_sorted_stream_of_many_rows_comes_from_the_other_process(
    aside: Drilldown, keep: Keep
) -> None:
    kept = keep(pa.table({"n": shuffled(70_000)}), group_rows=8_192, part_rows=40_000)
    result = aside.result(kept.manifest)
    stream = aside.stream(result, parse_query(result.columns, sort=[("n", False)]))
    found = [n for read in stream.readers(8_192) for n in read().column(0).to_pylist()]
    assert found == list(range(70_000))
    assert list(aside.engine.spill.rglob("tmp*")) == []


def test_a_comparison_is_found_in_the_files_the_other_process_left(
    aside: Drilldown, keep: Keep
) -> None:
    before, after = (
        aside.result(keep(pa.table({"n": range(first, first + 50), "v": [first] * 50})).manifest)
        for first in (0, 10)
    )
    found = compare(aside, before, after, ["n"])
    assert (found.new, found.resolved, found.changed) == (10, 10, 40)
    changes = read_changes(aside, found)
    assert [(change.before["n"], change.after["n"]) for change in changes] == [
        (n, n) for n in range(10, 50)
    ]


def test_damage_met_by_the_other_process_is_named(aside: Drilldown, keep: Keep) -> None:
    kept = keep(pa.table({"n": range(50)}))
    (aside.store.folder / kept.manifest.parts[1].key).unlink()
    result = aside.result(kept.manifest)
    with pytest.raises(PartDamaged) as raised:
        aside.heavy.run(partial(sorted_rows, result.manifest), result.rows)
    assert raised.value.key == kept.manifest.parts[1].key


def sorted_rows(manifest: object, reader: Drilldown) -> int:
    """Read all parts; runs in the other process."""
    return len(reader.result(manifest).paths())  # type: ignore[arg-type]


def test_a_process_that_dies_is_a_failure_and_not_an_answer(aside: Drilldown) -> None:
    with pytest.raises(EngineFailure, match=r"ended \(7\)"):
        aside.heavy.run(die, 1)


def die(_: Drilldown) -> None:
    """End the process it runs in."""
    raise SystemExit(7)


def own_pid(_: Drilldown) -> int:
    """Return the id of the process it runs in."""
    return os.getpid()


@dataclass
class Waiting:
    """Processes that do nothing but wait, and the spare that starts them."""

    started: list[Process] = field(default_factory=list)

    def spare(self, idle_seconds: float = 60) -> SpareProcess:
        return SpareProcess(self._start, idle_seconds=idle_seconds)

    def _start(self) -> Process:
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.started.append(process)
        return process


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    found = Waiting()
    yield found
    for process in found.started:
        with process:
            process.kill()


def test_each_heavy_reading_has_a_process_of_its_own(aside: Drilldown) -> None:
    pids = [aside.heavy.run(own_pid, 1) for _ in range(3)]
    assert len({*pids, os.getpid()}) == 4


def test_the_next_process_is_started_ahead(waiting: Waiting) -> None:
    spare = waiting.spare()
    spare.prepare()
    spare.prepare()  # one is enough
    assert [spare.take(), spare.take()] == waiting.started
    assert [process.poll() for process in waiting.started] == [None, None]


def test_a_process_that_ended_while_it_waited_is_not_handed_out(waiting: Waiting) -> None:
    spare = waiting.spare()
    spare.prepare()
    waiting.started[0].kill()
    waiting.started[0].wait(10)
    assert spare.take() is waiting.started[1]


def test_a_process_waits_only_so_long(waiting: Waiting) -> None:
    waiting.spare(idle_seconds=0.05).prepare()
    eventually(lambda: waiting.started[0].poll() is not None, 10, "the process has ended")


def test_a_closed_spare_has_no_process_wait(waiting: Waiting) -> None:
    spare = waiting.spare()
    spare.prepare()
    spare.close()
    spare.prepare()
    assert [process.poll() is None for process in waiting.started] == [False]


def test_after_closing_no_process_begins(aside: Drilldown) -> None:
    aside.heavy.close()
    with pytest.raises(EngineFailure, match="closed"):
        aside.heavy.run(die, 1)


def test_spill_space_of_a_process_that_is_gone_is_swept(tmp_path: Path) -> None:
    mine = SpillFolder(tmp_path)
    left = tmp_path / "spill-left"
    (left / "duckdb").mkdir(parents=True)
    left.with_suffix(".lock").touch()
    assert sweep(tmp_path) == 1
    assert not left.exists()
    assert mine.path.is_dir()
    mine.close()
    assert list(tmp_path.iterdir()) == []
