"""Each run's difference to the run before it, in the KPI's history without being asked for."""

from decimal import Decimal
from typing import Any

import httpx
import pyarrow as pa
import pytest

from kpi_testkit.eventually import eventually
from tests.integration.results.runs import Runs, flip_a_bit
from tests.integration.results.stack import Stack
from tests.integration.results.test_drilldown import recorded
from tests.integration.results.test_scrubbing import NEVER, scrubber

FIRST = pa.table({"sku": ["A", "B", "C"], "price": [1, 2, 3]})
SECOND = pa.table({"sku": ["B", "C", "D"], "price": [2, 30, 4]})
OTHER = pa.table({"colour": ["red", "blue"]})


def differences(viewer: httpx.Client, kpi_id: int, count: int) -> list[dict[str, Any]]:
    def compared() -> list[dict[str, Any]] | None:
        history = viewer.get(f"/kpis/{kpi_id}/executions").json()["executions"]
        found = [run["difference"] for run in history if run["difference"]]
        return found if len(found) == count else None

    return eventually(compared, 20, f"{count} runs are compared") or []


def entered(viewer: httpx.Client, kpi_id: int, execution_id: int) -> None:
    """Wait until a run that has rows is on the KPI's ledger."""

    def is_there() -> bool:
        shown = viewer.get(f"/kpis/{kpi_id}/breaks").json()["breaks"]
        return execution_id in {each["last_seen_execution_id"] for each in shown}

    eventually(is_there, 20, "the run is on the ledger")


def test_history_shows_what_each_run_changed(runs: Runs, viewer: httpx.Client) -> None:
    kpi_id = runs.kpi()
    first = runs.succeeded(FIRST, kpi_id=kpi_id)
    runs.failed("boom", kpi_id)
    second = runs.succeeded(SECOND, kpi_id=kpi_id)

    newest, oldest = differences(viewer, kpi_id, 2)

    nothing = {"resolved": 0, "persisting": 0, "changed": 0}
    assert oldest == {"previous_execution_id": None, "new": 3, **nothing}
    counts = {"new": 1, "resolved": 1, "persisting": 1, "changed": 1}
    assert newest == {"previous_execution_id": first, **counts}
    detail = viewer.get(f"/executions/{second}")
    assert detail.json()["execution"]["difference"] == newest
    assert "immutable" in detail.headers["Cache-Control"]


def test_a_run_with_other_columns_replaces_every_row(runs: Runs, viewer: httpx.Client) -> None:
    kpi_id = runs.kpi()
    runs.succeeded(FIRST, kpi_id=kpi_id)
    runs.succeeded(OTHER, kpi_id=kpi_id)
    newest, _ = differences(viewer, kpi_id, 2)
    assert (newest["new"], newest["resolved"], newest["persisting"]) == (2, 3, 0)


def test_runs_that_were_cut_at_their_limit_have_no_part_in_differences(
    runs: Runs, viewer: httpx.Client
) -> None:
    kpi_id = runs.kpi()
    runs.succeeded(FIRST.slice(0, 1), kpi_id=kpi_id, limit_reached=True)
    first = runs.succeeded(FIRST, kpi_id=kpi_id)
    cut = runs.succeeded(FIRST.slice(0, 1), kpi_id=kpi_id, limit_reached=True)
    runs.succeeded(FIRST, kpi_id=kpi_id)

    newest, oldest = differences(viewer, kpi_id, 2)

    assert newest == {
        "previous_execution_id": first, "new": 0, "resolved": 0, "persisting": 3, "changed": 0
    }  # fmt: skip
    assert (oldest["previous_execution_id"], oldest["new"]) == (None, 3)
    detail = viewer.get(f"/executions/{cut}")
    assert detail.json()["execution"]["difference"] is None
    assert "immutable" in detail.headers["Cache-Control"]


def test_a_damaged_run_is_passed_over(runs: Runs, viewer: httpx.Client) -> None:
    kpi_id = runs.kpi()
    first = runs.succeeded(FIRST, kpi_id=kpi_id)
    broken = runs.succeeded(pa.table({"sku": ["Z"]}), kpi_id=kpi_id)
    differences(viewer, kpi_id, 2)
    runs.part(broken).unlink()
    runs.succeeded(SECOND, kpi_id=kpi_id)
    newest, *_ = differences(viewer, kpi_id, 3)
    assert newest["previous_execution_id"] == first
    assert newest["new"] == 1


def test_a_damaged_run_is_compared_once_it_is_repaired(
    stack: Stack, runs: Runs, viewer: httpx.Client
) -> None:
    kpi_id = runs.kpi()
    first = runs.succeeded(FIRST, kpi_id=kpi_id)
    rows = pa.table({"sku": ["B", "C", "mended"], "price": [2, 30, 4]})
    broken = runs.succeeded(rows, kpi_id=kpi_id, damaged=True)
    eventually(lambda: recorded(stack, broken, "damaged"), 20, "the worker meets the damage")
    assert len(differences(viewer, kpi_id, 1)) == 1

    flip_a_bit(runs.part(broken))
    scrubber(stack, NEVER).step()

    newest, _ = differences(viewer, kpi_id, 2)
    assert newest["previous_execution_id"] == first
    entered(viewer, kpi_id, broken)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_ledger_stands_for_the_rows_of_its_run_where_they_are_damaged(
    runs: Runs, viewer: httpx.Client, *, damaged: bool
) -> None:
    """The second time, the comparison is kept and reads no rows; who enters the run does."""
    kpi_id = runs.kpi()
    first = runs.succeeded(pa.table({"sku": ["A", "ledger"]}), kpi_id=kpi_id)
    entered(viewer, kpi_id, first)
    if damaged:
        runs.part(first).unlink()
    second = runs.succeeded(pa.table({"sku": ["B", "ledger"]}), kpi_id=kpi_id)
    entered(viewer, kpi_id, second)
    shown = viewer.get(f"/kpis/{kpi_id}/breaks").json()["breaks"]
    assert {each["key"]["sku"]: each["status"] for each in shown} == {
        "A": "resolved",
        "B": "open",
        "ledger": "open",
    }


def test_damage_of_either_run_is_on_record_as_its_own(
    stack: Stack, runs: Runs, viewer: httpx.Client
) -> None:
    ids = [runs.succeeded(FIRST), runs.succeeded(SECOND)]
    runs.part(ids[0]).unlink()
    question = {"execution_ids": ",".join(map(str, ids))}
    assert viewer.get("/compare-executions", params=question).status_code == 502
    (damage,) = eventually(lambda: recorded(stack, ids[0], "damaged"), 20, "it is on record")
    assert damage.data["execution_id"] == ids[0]
    assert recorded(stack, ids[1], "damaged") == []


def test_a_break_is_known_by_its_amount_whatever_its_scale(
    runs: Runs, viewer: httpx.Client
) -> None:
    kpi_id, amounts = runs.kpi(), [Decimal("9.50"), Decimal("3.25")]
    for scale, found in ((2, amounts), (4, amounts), (4, amounts[1:])):
        column = pa.array(found, pa.decimal128(38, scale))
        runs.succeeded(pa.table({"amount": column}), kpi_id=kpi_id)
    newest, middle, _ = differences(viewer, kpi_id, 3)
    assert (middle["new"], middle["persisting"], newest["resolved"]) == (0, 2, 1)

    def states() -> dict[str, str] | None:
        shown = viewer.get(f"/kpis/{kpi_id}/breaks").json()["breaks"]
        found = {each["key"]["amount"]: each["status"] for each in shown}
        return found if "resolved" in found.values() else None

    assert eventually(states, 20, "a break is resolved") == {"9.5": "resolved", "3.25": "open"}


def test_a_run_of_the_same_rows_changes_nothing(runs: Runs, viewer: httpx.Client) -> None:
    kpi_id = runs.kpi()
    first = runs.succeeded(FIRST, kpi_id=kpi_id)
    runs.succeeded(FIRST, kpi_id=kpi_id)
    newest, _ = differences(viewer, kpi_id, 2)
    counts = {"new": 0, "resolved": 0, "persisting": 3, "changed": 0}
    assert newest == {"previous_execution_id": first, **counts}


def test_rows_in_another_order_are_the_same_rows(runs: Runs, viewer: httpx.Client) -> None:
    kpi_id = runs.kpi()
    runs.succeeded(FIRST, kpi_id=kpi_id)
    runs.succeeded(FIRST.take([2, 0, 1]), kpi_id=kpi_id)
    newest, _ = differences(viewer, kpi_id, 2)
    assert (newest["new"], newest["resolved"], newest["persisting"]) == (0, 0, 3)
