"""Into the log: every event once, in order, whatever is delivered and whoever is killed."""

import random
from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from kpi_audit.history import kpi_history
from kpi_audit.log import audit_log
from kpi_audit.signing import TrustedKeys
from kpi_audit.tracking import query_executions
from kpi_audit.verification import verify_log
from kpi_contracts.envelope import Actor
from kpi_contracts.ids import uuid7
from kpi_contracts.messages import Message, encode
from kpi_eventsourcing.schema import parked
from kpi_testkit import Processes, crash_at, crashed, eventually
from tests.integration.audit.harness import ids_of, ingest, ingest_messages, kept, publish
from tests.integration.audit.story import Story, busy


def count(engine: sa.Engine, table: sa.Table) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def assert_intact(engine: sa.Engine, trusted: TrustedKeys, entries: int) -> None:
    with engine.connect() as connection:
        verdict = verify_log(connection, trusted.is_genuine).verdict
    assert verdict.fault is None
    assert verdict.entries == entries


def test_every_event_is_kept_once_in_order_and_the_chain_verifies(
    engine: sa.Engine, nats_url: str, trusted: TrustedKeys
) -> None:
    records = busy(kpis=30, runs=10)
    ingest(nats_url, engine, records)
    assert kept(engine) == ids_of(records)
    assert_intact(engine, trusted, len(records))
    assert count(engine, kpi_history) == 30 * 11
    assert count(engine, query_executions) == 30 * 10


def test_duplicates_and_shuffled_deliveries_are_kept_once_in_aggregate_order(
    engine: sa.Engine, nats_url: str, trusted: TrustedKeys
) -> None:
    records = busy(kpis=5, runs=3)
    messages = [encode(record) for record in records] * 4
    for message in messages:
        message.headers.pop("Nats-Msg-Id", None)  # so that the stream itself drops nothing
    random.Random(7).shuffle(messages)
    ingest_messages(nats_url, engine, messages)
    assert sorted(kept(engine)) == sorted(ids_of(records))
    assert count(engine, parked) == 0
    assert_intact(engine, trusted, len(records))
    with engine.connect() as connection:
        rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).all()
    versions: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.aggregate, row.aggregate_id)
        assert row.version == versions.get(key, 0) + 1
        versions[key] = row.version


def test_a_stream_made_anew_is_not_taken_in_twice(
    engine: sa.Engine, nats_url: str, trusted: TrustedKeys
) -> None:
    records = busy(kpis=3, runs=2)
    ingest(nats_url, engine, records)
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM checkpoints"))
        connection.execute(sa.text("DELETE FROM stream_versions"))
    ingest(nats_url, engine, [])
    assert kept(engine) == ids_of(records)
    assert count(engine, parked) == 0
    assert_intact(engine, trusted, len(records))


def test_events_of_an_unknown_type_or_version_are_kept_and_not_parked(
    engine: sa.Engine, nats_url: str, trusted: TrustedKeys
) -> None:
    story = Story()
    (created,) = story.create(7)
    future = replace(
        created,
        id=uuid7(),
        version=2,
        type="io.kpiledger.definition.sung.v3",
        data={"melody": "ä", "notes": [1, 2.5, None]},
    )
    newer = replace(created, id=uuid7(), version=3, type="io.kpiledger.definition.updated.v9")
    stranger = replace(
        created, id=uuid7(), aggregate="dashboard", version=1, type="com.example.dashboard.shown"
    )
    records = [created, future, newer, stranger]
    ingest(nats_url, engine, records)
    assert kept(engine) == ids_of(records)
    assert_intact(engine, trusted, 4)
    assert count(engine, parked) == 0


def test_an_event_that_cannot_be_projected_is_kept_and_does_not_hinder_the_others(
    engine: sa.Engine, nats_url: str, trusted: TrustedKeys
) -> None:
    story = Story()
    story.create(7)
    story.create("not-a-number")
    story.run(11, 7)
    ingest(nats_url, engine, story.records)
    assert kept(engine) == ids_of(story.records)
    assert_intact(engine, trusted, 6)
    assert count(engine, kpi_history) == 2
    assert count(engine, parked) == 0


def test_what_is_no_event_is_parked_and_the_rest_flows(engine: sa.Engine, nats_url: str) -> None:
    story = Story()
    story.create(7)
    garbage = Message("kpi.evt.definition.x.y", {"Nats-Msg-Id": "garbage"}, b"\xff")
    good = [encode(record) for record in story.records]
    ingest_messages(nats_url, engine, [garbage, *good, replace(garbage, headers={})])
    assert kept(engine) == ids_of(story.records)
    assert count(engine, parked) == 2


def test_another_event_for_a_version_that_is_taken_is_parked_and_counted(
    engine: sa.Engine, nats_url: str, trusted: TrustedKeys
) -> None:
    story = Story()
    created, *later = [*story.create(7), *story.edit(7)]
    forged = replace(later[0], id=uuid7(), actor=Actor("mallory", "user"))
    before = contested()
    ingest(nats_url, engine, [created, *later])
    ingest(nats_url, engine, [forged])
    assert kept(engine) == ids_of([created, *later])
    assert_intact(engine, trusted, 5)
    with engine.connect() as connection:
        (row,) = connection.execute(sa.select(parked)).all()
    assert (row.consumer, row.headers["Nats-Msg-Id"]) == ("audit", str(forged.id))
    assert str(later[0].id) in row.reason
    assert contested() == before + 1


def test_a_forgery_beside_what_it_forges_is_parked_whatever_came_first(
    engine: sa.Engine, nats_url: str
) -> None:
    story = Story()
    first, second, third = [*story.create(7), *story.edit(7)[:2]]
    of_first, of_third = (replace(event, id=uuid7()) for event in (first, third))
    ingest(nats_url, engine, [first, of_first, third, of_third, second])
    assert kept(engine) == ids_of([first, second, third])
    assert count(engine, parked) == 2


def contested() -> float:
    return REGISTRY.get_sample_value("kpi_contested_total", {"consumer": "audit"}) or 0.0


@pytest.mark.parametrize("point", ["projection.before_commit", "projection.after_commit"])
def test_a_worker_killed_in_the_middle_leaves_neither_gap_nor_double(
    engine: sa.Engine,
    nats_url: str,
    trusted: TrustedKeys,
    processes: Processes,
    worker_environment: dict[str, str],
    point: str,
) -> None:
    first, second = busy(kpis=3, runs=3), Story()
    second.create(99)
    publish(nats_url, first)
    doomed = processes.module("kpi_audit", "worker", env=worker_environment | crash_at(point))
    assert crashed(doomed)
    publish(nats_url, second.records)
    processes.module("kpi_audit", "worker", env=worker_environment)
    wanted = ids_of([*first, *second.records])
    eventually(lambda: set(wanted) <= set(kept(engine)), 30, "all events are in the log")
    assert [event_id for event_id in kept(engine) if event_id in wanted] == wanted
    with engine.connect() as connection:
        assert verify_log(connection, trusted.is_genuine).verdict.valid


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'mallory'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "DELETE FROM audit_checkpoints",
        "UPDATE events SET actor = 'mallory'",
    ],
)
def test_the_services_own_role_cannot_change_the_log(
    engine: sa.Engine, nats_url: str, statement: str
) -> None:
    story = Story()
    ingest(nats_url, engine, story.create(7))
    with (
        engine.begin() as connection,
        pytest.raises(sa.exc.IntegrityError, match="append-only") as refused,
    ):
        connection.execute(sa.text(statement))
    assert isinstance(refused.value.orig, psycopg.errors.RestrictViolation)
    assert kept(engine) == ids_of(story.records)
