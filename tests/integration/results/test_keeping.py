"""Retention and sweeping: rows go, what is known about them stays."""

import json
from collections.abc import Iterator

import httpx
import pyarrow as pa
import pytest

from kpi_contracts.retention import RetentionRemoved, RetentionSet
from kpi_eventsourcing.store import EventStore
from kpi_testkit.eventually import eventually
from kpi_testkit.servers import Databases
from tests.integration.results.stack import Stack, started
from tests.integration.results.test_drilldown import recorded

TABLE = pa.table({"sku": ["A", "B"]})
KEEP_TWO = {
    "KPI_KEEP_RUNS": "2",
    "KPI_KEEP_EVERY": "0.2",
    "KPI_KEEP_GRACE": "0",
    "KPI_KEEP_ORPHANS": "0",
}


@pytest.fixture(scope="module")
def keeping(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run a service that keeps two runs of each KPI."""
    with started(databases, tmp_path_factory.mktemp("keeping"), KEEP_TWO) as stack:
        yield stack


@pytest.fixture
def reader(keeping: Stack) -> Iterator[httpx.Client]:
    with keeping.client() as client:
        yield client


def test_the_oldest_runs_give_up_their_rows_and_keep_their_history(
    keeping: Stack, reader: httpx.Client
) -> None:
    kpi_id = keeping.runs.kpi()
    oldest, *kept = [keeping.runs.succeeded(TABLE, kpi_id=kpi_id) for _ in range(3)]

    eventually(
        lambda: reader.get(f"/executions/{oldest}/drilldown").status_code == 410,
        20,
        "the oldest run has expired",
    )

    gone = reader.get(f"/executions/{oldest}/export/csv")
    assert gone.status_code == 410
    assert "count" in gone.json()["detail"]
    execution = reader.get(f"/executions/{oldest}").json()["execution"]
    assert execution["number_of_records"] == 2
    assert execution["expired_at"].endswith("Z")
    (expired,) = recorded(keeping, oldest, "expired")
    assert expired.data["reason"] == "count"
    eventually(lambda: not keeping.runs.part(oldest).exists(), 20, "its parts are swept")
    for execution_id in kept:
        assert reader.get(f"/executions/{execution_id}/drilldown").status_code == 200


def test_leftovers_are_swept_and_parts_in_use_are_not(keeping: Stack, reader: httpx.Client) -> None:
    rolled_back = keeping.runs.new_id()
    keeping.runs.write(rolled_back, TABLE, 10)
    execution_id = keeping.runs.succeeded(TABLE)
    assert reader.get(f"/executions/{execution_id}").status_code == 200
    folder = keeping.runs.part(execution_id).parent
    failed_attempt = folder.with_name("attempt-2") / "part-00000.parquet"
    failed_attempt.parent.mkdir()
    failed_attempt.write_bytes(b"leftover")
    under_way = keeping.runs.running()
    keeping.runs.write(under_way, TABLE, 10)
    foreign = keeping.runs.store / "notes.json"
    foreign.write_text(json.dumps("not ours"))

    eventually(lambda: not failed_attempt.exists(), 20, "the failed attempt is swept")
    eventually(lambda: not keeping.runs.part(rolled_back).exists(), 20, "the lost run is swept")

    assert reader.get(f"/executions/{execution_id}/drilldown").status_code == 200
    assert keeping.runs.part(under_way).exists()
    assert foreign.exists()


def test_a_kpis_own_rule_goes_before_the_service_setting(
    keeping: Stack, reader: httpx.Client
) -> None:
    kpi_id = keeping.runs.kpi()
    with keeping.client("ed", "editor") as editor:
        assert reader.get(f"/kpis/{kpi_id}/retention").json()["in_force"] == {
            "runs": 2,
            "days": None,
            "bytes": None,
        }
        answer = editor.put(f"/kpis/{kpi_id}/retention", json={"runs": 1, "days": None})
        assert answer.status_code == 200, answer.text
        assert answer.json()["rule"] == {"runs": 1, "days": None, "bytes": None}
        assert answer.json()["changed_by"] == "ed"
    older, newest = (keeping.runs.succeeded(TABLE, kpi_id=kpi_id) for _ in range(2))
    eventually(
        lambda: reader.get(f"/executions/{older}/drilldown").status_code == 410,
        20,
        "all but one run have expired",
    )
    assert reader.get(f"/executions/{newest}/drilldown").status_code == 200


def test_a_kpi_can_keep_its_rows_for_less_than_a_second(
    keeping: Stack, reader: httpx.Client
) -> None:
    kpi_id = keeping.runs.kpi()
    with keeping.client("ed", "editor") as editor:
        editor.put(f"/kpis/{kpi_id}/retention", json={"runs": None, "days": 1e-6})
    execution_id = keeping.runs.succeeded(TABLE, kpi_id=kpi_id)
    eventually(
        lambda: reader.get(f"/executions/{execution_id}/drilldown").status_code == 410,
        20,
        "the run has expired by age",
    )
    (expired,) = recorded(keeping, execution_id, "expired")
    assert expired.data["reason"] == "age"


def test_a_rule_is_on_record_from_its_setting_to_its_removal(
    keeping: Stack, reader: httpx.Client
) -> None:
    kpi_id = keeping.runs.kpi()
    path = f"/kpis/{kpi_id}/retention"
    with keeping.client("ed", "editor") as editor:
        for _ in range(2):  # what is so already is not set again
            editor.put(path, json={"runs": 1, "days": 0.5, "bytes": 10_000})
        assert reader.get(path).json()["in_force"] == {"runs": 1, "days": 0.5, "bytes": 10_000}
        for _ in range(2):
            answer = editor.delete(path)
            assert answer.status_code == 200, answer.text
    assert answer.json()["rule"] is None
    assert answer.json()["in_force"] == {"runs": 2, "days": None, "bytes": None}
    with keeping.engine.connect() as connection:
        was_set, removed = EventStore(connection).load("retention", str(kpi_id))
    assert was_set.data == RetentionSet(kpi_id=kpi_id, runs=1, days=0.5, bytes=10_000)
    assert removed.data == RetentionRemoved(kpi_id=kpi_id)
    assert {event.actor.subject for event in (was_set, removed)} == {"ed"}


def test_a_kpi_can_keep_its_newest_bytes(keeping: Stack, reader: httpx.Client) -> None:
    kpi_id = keeping.runs.kpi()
    older, newest = (keeping.runs.succeeded(TABLE, kpi_id=kpi_id) for _ in range(2))
    size = keeping.runs.part(older).stat().st_size
    rule = {"runs": None, "days": None, "bytes": 2 * size - 1}
    with keeping.client("ed", "editor") as editor:
        editor.put(f"/kpis/{kpi_id}/retention", json=rule)
    eventually(
        lambda: reader.get(f"/executions/{older}/drilldown").status_code == 410,
        20,
        "the older run has expired by bytes",
    )
    (expired,) = recorded(keeping, older, "expired")
    assert expired.data["reason"] == "bytes"
    assert reader.get(f"/executions/{newest}/drilldown").status_code == 200


@pytest.mark.parametrize("body", [{}, {"runs": 0, "days": None}, {"runs": None, "days": 0}])
def test_a_rule_that_keeps_nothing_is_refused(keeping: Stack, body: dict[str, object]) -> None:
    kpi_id = keeping.runs.kpi()
    with keeping.client("ed", "editor") as editor:
        assert editor.put(f"/kpis/{kpi_id}/retention", json=body).status_code == 422


def test_only_those_who_write_set_rules(keeping: Stack, reader: httpx.Client) -> None:
    kpi_id = keeping.runs.kpi()
    rule = {"runs": 1, "days": None}
    assert reader.put(f"/kpis/{kpi_id}/retention", json=rule).status_code == 403
    assert reader.delete(f"/kpis/{kpi_id}/retention").status_code == 403
    with keeping.client("ed", "editor") as editor:
        assert editor.put("/kpis/999999/retention", json=rule).status_code == 404
