"""The five endpoints of execution tracking: shapes, numbers, filters and access."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.integration.audit.callers import Caller
from tests.integration.audit.harness import ingest
from tests.integration.audit.story import (
    CANCELLED,
    FAILED,
    REJECTED,
    SQL,
    TIMED_OUT,
    Story,
    requested,
    succeeded,
)

ROOT = "/api/v1/executions"


@pytest.fixture
def told(engine: sa.Engine, nats_url: str) -> Story:
    """Let ann run five executions to every end but one and cem two, one of them long ago."""
    story = Story(datetime.now(UTC) - timedelta(days=30))
    story.create(7)
    story.run(1, 7, succeeded(rows=10, milliseconds=100), who="cem")
    recent = Story()
    recent.run(2, 7, succeeded(rows=1500, milliseconds=234))
    recent.run(3, 7, FAILED)
    recent.run(4, 7, TIMED_OUT)
    recent.run(5, 7, CANCELLED)
    recent.run(6, None, succeeded(rows=40, milliseconds=166), who="cem")
    recent.tell(8, "ann", REJECTED)
    recent.tell(9, "ann", requested(7))
    ingest(nats_url, engine, story.records + recent.records)
    return recent


@pytest.mark.usefixtures("told")
def test_a_users_history_has_the_documented_shape(auditor: Caller) -> None:
    body = auditor.get(f"{ROOT}/cem")
    assert {key: body[key] for key in ("user_id", "count", "limit", "offset")} == {
        "user_id": "cem",
        "count": 2,
        "limit": 100,
        "offset": 0,
    }
    newest = body["executions"][0]
    documented = {
        "execution_id": "6",
        "query": SQL,
        "database_type": "postgresql",
        "status": "success",
        "execution_time": 0.166,
        "total_rows": 40,
    }
    assert {key: newest[key] for key in documented} == documented
    assert isinstance(newest["id"], int)
    assert newest["started_at"].endswith("Z")
    assert newest["started_at"] < newest["completed_at"]


@pytest.mark.usefixtures("told")
def test_every_end_has_its_status(auditor: Caller) -> None:
    executions = auditor.get(f"{ROOT}/ann")["executions"]
    ends = {item["execution_id"]: (item["status"], item["error_type"]) for item in executions}
    assert ends == {
        "2": ("success", None),
        "3": ("failed", "source"),
        "4": ("timeout", "timeout"),
        "5": ("failed", "cancelled"),
        "8": ("error", "rejected"),
    }
    by_id = {item["execution_id"]: item for item in executions}
    assert by_id["3"]["error_message"] == "no such table"
    assert by_id["4"]["execution_time"] == 2.0


@pytest.mark.usefixtures("told")
def test_the_history_is_filtered_and_paged(auditor: Caller) -> None:
    assert auditor.get(f"{ROOT}/ann", status="failed")["count"] == 2
    assert auditor.get(f"{ROOT}/ann", database_type="kdb")["executions"] == []
    page = auditor.get(f"{ROOT}/ann", limit=2, offset=4)
    assert (page["count"], page["total"], page["limit"], page["offset"]) == (1, 5, 2, 4)
    refused = auditor.get(f"{ROOT}/ann", expect=422, limit=1001)
    assert "limit" in refused["errors"]


@pytest.mark.usefixtures("told")
def test_a_users_statistics_have_the_documented_shape(auditor: Caller) -> None:
    assert auditor.get(f"{ROOT}/ann/stats", days=7) == {
        "success": True,
        "user_id": "ann",
        "period_days": 7,
        "total_executions": 5,
        "success_count": 1,
        "failed_count": 2,
        "error_count": 1,
        "timeout_count": 1,
        "success_rate": 20.0,
        "avg_execution_time": 0.453,
        "max_execution_time": 2.0,
        "total_rows_processed": 1500,
    }


@pytest.mark.usefixtures("told")
def test_statistics_look_back_seven_days_unless_told_otherwise(auditor: Caller) -> None:
    assert auditor.get(f"{ROOT}/cem/stats")["total_executions"] == 1
    assert auditor.get(f"{ROOT}/cem/stats", days=60)["total_executions"] == 2
    auditor.get(f"{ROOT}/cem/stats", expect=422, days=0)


@pytest.mark.usefixtures("told")
def test_a_users_database_statistics_have_the_documented_shape(auditor: Caller) -> None:
    assert auditor.get(f"{ROOT}/cem/database-stats") == {
        "success": True,
        "user_id": "cem",
        "database_stats": [
            {
                "database_type": "postgresql",
                "execution_count": 2,
                "success_count": 2,
                "failed_count": 0,
                "avg_execution_time": 0.133,
            }
        ],
    }


@pytest.mark.usefixtures("told")
def test_global_statistics_count_everybody(auditor: Caller) -> None:
    body = auditor.get(f"{ROOT}/stats/global")
    assert "user_id" not in body
    assert (body["period_days"], body["total_executions"], body["success_count"]) == (7, 6, 2)
    assert body["success_rate"] == 33.33
    assert body["total_rows_processed"] == 1540
    databases = auditor.get(f"{ROOT}/database-stats/global")
    counts = {
        item["database_type"]: item["execution_count"] for item in databases["database_stats"]
    }
    assert counts == {"postgresql": 6, "unknown": 1}


def test_somebody_without_executions_has_empty_statistics(auditor: Caller) -> None:
    assert auditor.get(f"{ROOT}/nobody")["executions"] == []
    assert auditor.get(f"{ROOT}/nobody/stats")["success_rate"] == 0.0
    assert auditor.get(f"{ROOT}/nobody/database-stats")["database_stats"] == []


def test_users_called_like_a_route_do_not_hide_it(auditor: Caller) -> None:
    assert auditor.get(f"{ROOT}/stats/stats")["user_id"] == "stats"
    assert auditor.get(f"{ROOT}/global/stats")["user_id"] == "global"
    assert "user_id" not in auditor.get(f"{ROOT}/stats/global")
    assert auditor.get(f"{ROOT}/stats")["user_id"] == "stats"


def test_users_read_their_own_history_and_auditors_everybodys(
    caller: Callable[..., Caller],
) -> None:
    ann, admin = caller("ann", "viewer"), caller("root", "admin")
    for view in ("", "/stats", "/database-stats"):
        ann.get(f"{ROOT}/ann{view}")
        caller("eve").get(f"{ROOT}/eve{view}")
        ann.get(f"{ROOT}/bob{view}", expect=403)
        admin.get(f"{ROOT}/ann{view}")
    for view in ("stats/global", "database-stats/global"):
        ann.get(f"{ROOT}/{view}", expect=403)
        admin.get(f"{ROOT}/{view}")
