"""The audit log and the metrics of a KPI over HTTP."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kpi_contracts.result import ResultViewed, Selection
from kpi_contracts.retention import RetentionRemoved, RetentionSet
from tests.integration.audit.callers import Caller
from tests.integration.audit.harness import ingest, publish
from tests.integration.audit.story import (
    CANCELLED,
    FAILED,
    REJECTED,
    SENTENCE,
    SQL,
    Story,
    requested,
    succeeded,
)

KPI = "/v1/landing-kpi/kpis/7"


@pytest.fixture
def viewer(caller: Callable[..., Caller]) -> Caller:
    return caller("vic", "viewer")


def test_the_audit_log_tells_who_did_what_newest_first(
    engine: sa.Engine, nats_url: str, viewer: Caller
) -> None:
    story = Story()
    story.create(7)
    story.edit(7)
    story.run(11, 7, who="cem")
    story.tell(12, "bus", REJECTED)
    story.create(8)
    ingest(nats_url, engine, story.records)
    body = viewer.get(f"{KPI}/audit-log")
    assert {key: body[key] for key in ("success", "kpi_id", "total", "limit", "offset")} == {
        "success": True,
        "kpi_id": 7,
        "total": 7,
        "limit": 50,
        "offset": 0,
    }
    entries = body["audit_log"]
    assert [(entry["action"], entry["performed_by"]) for entry in entries] == [
        ("REJECT", "bus"),
        ("EXECUTE", "cem"),
        ("RESTORE", "bob"),
        ("DELETE", "bob"),
        ("ROLLBACK", "bob"),
        ("UPDATE", "bob"),
        ("CREATE", "ann"),
    ]
    assert entries[1]["execution_id"] == "11"
    assert entries[1]["execution_status"] == "success"
    assert entries[5]["changes"] == {"description": {"old": None, "new": "Products not in OPS"}}
    assert entries[6]["changes"]["nl_definition"] == SENTENCE
    assert set(entries[6]) >= {"id", "kpi_id", "action", "performed_by", "performed_at", "changes"}
    assert entries[6]["performed_at"].endswith("Z")


def test_the_audit_log_tells_of_readings_rows_and_breaks_too(
    engine: sa.Engine, nats_url: str, viewer: Caller
) -> None:
    story = Story()
    story.create(7)
    story.run(11, 7)
    story.tell(12, "ann", requested(7, retry_of=11))
    story.look_after(7, 11)
    story.look_after(8, 13)  # another KPI's
    story.tell(7, "ivy", RetentionSet(kpi_id=7, runs=30, days=None, bytes=None))
    story.tell(7, "ivy", RetentionRemoved(kpi_id=7))
    ingest(nats_url, engine, story.records)
    entries = viewer.get(f"{KPI}/audit-log")["audit_log"]
    assert [(entry["action"], entry["performed_by"]) for entry in entries] == [
        ("REMOVE_RETENTION", "ivy"),
        ("SET_RETENTION", "ivy"),
        ("EXPIRE", "kpi-results"),
        ("COMMENT", "hal"),
        ("ASSIGN", "gus"),
        ("EXPORT", "fay"),
        ("VIEW", "fay"),
        ("UNPIN", "eva"),
        ("PIN", "eva"),
        ("RETRY", "ann"),
        ("EXECUTE", "ann"),
        ("CREATE", "ann"),
    ]
    told = {entry["action"]: entry for entry in entries}
    assert told["EXPORT"]["execution_id"] == "11"
    assert told["EXPORT"]["changes"]["sha256"] == "ab" * 32
    assert told["VIEW"]["changes"]["selection"]["search"] == "gpu"
    assert told["COMMENT"]["changes"] == {"break_id": "5f" * 16, "comment": "known"}
    assert told["SET_RETENTION"]["changes"] == {"runs": 30, "days": None, "bytes": None}
    assert told["PIN"]["changes"]["sql"] == SQL
    assert (told["PIN"]["version"], told["UNPIN"]["version"]) == (2, 3)


def test_a_look_at_rows_of_no_kpi_is_in_no_kpis_log(
    engine: sa.Engine, nats_url: str, viewer: Caller
) -> None:
    story = Story()
    story.create(7)
    story.run(11, None)
    page = ResultViewed(
        execution_id=11, kpi_id=None, selection=Selection(), page=1, page_size=50, rows=9
    )
    story.tell(11, "fay", page)
    ingest(nats_url, engine, story.records)
    assert viewer.get(f"{KPI}/audit-log")["total"] == 1


def test_the_audit_log_is_paged(engine: sa.Engine, nats_url: str, viewer: Caller) -> None:
    story = Story()
    story.create(7)
    story.edit(7)
    ingest(nats_url, engine, story.records)
    page = viewer.get(f"{KPI}/audit-log", limit=2, offset=3)
    assert page["total"] == 5
    assert [entry["action"] for entry in page["audit_log"]] == ["UPDATE", "CREATE"]


def test_a_cancel_is_in_the_log_of_the_executions_kpi(
    engine: sa.Engine, nats_url: str, viewer: Caller
) -> None:
    story = Story()
    story.create(7)
    story.tell(11, "ann", requested(7))
    ingest(nats_url, engine, story.records)
    cancel = story.cancel(11, "dan")
    ingest(nats_url, engine, cancel)
    newest = viewer.get(f"{KPI}/audit-log")["audit_log"][0]
    assert (newest["action"], newest["performed_by"]) == ("CANCEL", "dan")
    assert newest["changes"] == {"reason": "too slow"}


def test_metrics_are_daily(engine: sa.Engine, nats_url: str, viewer: Caller) -> None:
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    yesterday, earlier = Story(noon - timedelta(days=1)), Story(noon - timedelta(days=40))
    earlier.create(7)
    earlier.run(1, 7, succeeded(rows=10, milliseconds=100))
    yesterday.run(2, 7, succeeded(rows=100, milliseconds=200))
    yesterday.run(3, 7, succeeded(rows=51, milliseconds=400))
    yesterday.run(4, 7, FAILED)
    yesterday.tell(5, "ann", requested(7))  # has not ended, so it does not count yet
    ingest(nats_url, engine, earlier.records + yesterday.records)
    body = viewer.get(f"{KPI}/metrics")
    assert body["total"] == 2
    assert body["metrics"][0] == {
        "kpi_id": 7,
        "metric_date": (noon - timedelta(days=1)).date().isoformat(),
        "total_executions": 3,
        "successful_executions": 2,
        "failed_executions": 1,
        "avg_execution_time_ms": pytest.approx(620 / 3),
        "avg_records_returned": 76,
    }
    assert len(viewer.get(f"{KPI}/metrics", days=30)["metrics"]) == 1


def test_a_kpi_without_runs_has_no_metrics_yet(
    engine: sa.Engine, nats_url: str, viewer: Caller
) -> None:
    ingest(nats_url, engine, Story().create(7))
    assert viewer.get(f"{KPI}/metrics")["metrics"] == []


def test_a_kpi_that_was_just_made_is_waited_for(
    engine: sa.Engine, nats_url: str, viewer: Caller
) -> None:
    publish(nats_url, Story().create(7))
    late = threading.Timer(0.4, ingest, (nats_url, engine, []))
    late.start()
    began = time.monotonic()
    assert viewer.get(f"{KPI}/audit-log")["audit_log"][0]["action"] == "CREATE"
    assert time.monotonic() - began > 0.3
    late.join()


def test_a_kpi_that_does_not_exist_is_not_found(
    engine: sa.Engine, nats_url: str, viewer: Caller
) -> None:
    ingest(nats_url, engine, Story().create(8))
    for view in ("audit-log", "metrics"):
        began = time.monotonic()
        assert "KPI 7" in viewer.get(f"{KPI}/{view}", expect=404)["detail"]
        assert time.monotonic() - began < 4
    viewer.get("/v1/landing-kpi/kpis/x/audit-log", expect=404)


def test_a_kpi_is_not_found_within_two_seconds_while_nobody_takes_events_in(
    nats_url: str, viewer: Caller
) -> None:
    publish(nats_url, Story().create(7))
    began = time.monotonic()
    viewer.get(f"{KPI}/audit-log", expect=404)
    assert 1.5 < time.monotonic() - began < 4


@pytest.mark.parametrize("view", ["audit-log", "metrics"])
def test_every_role_may_read_but_no_stranger(
    engine: sa.Engine, nats_url: str, caller: Callable[..., Caller], view: str
) -> None:
    story = Story()
    story.create(7)
    story.run(1, 7, CANCELLED)
    ingest(nats_url, engine, story.records)
    for role in ("viewer", "editor", "operator", "auditor", "admin"):
        caller("somebody", role).get(f"{KPI}/{view}")
    caller("somebody").get(f"{KPI}/{view}", expect=403)
    viewer = caller("vic", "viewer")
    viewer.get(f"{KPI}/{view}", expect=422, limit=0)
    viewer.get(f"{KPI}/{view}", expect=422, page=1)
